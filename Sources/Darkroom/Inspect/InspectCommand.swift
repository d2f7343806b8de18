import Bytes
import FFmpeg
import Foundation
import Logging
import MediaModel
import MediaWorker

/// `darkroom inspect`: validates files as the service does, for developers with sample files.
enum InspectCommand: Command {
    static let name = "inspect"
    static let summary = "validate files and show the result, streams, thumbnail and waveform"
    static let usage = "[--json] [--kind KIND] [--thumbnail OUT.jpg] [--waveform OUT.png] FILE…"
    static let options: [Arguments.Option] = [
        .init("--json", nil, "print one JSON object per line and file"),
        .init("--thumbnail", "OUT.jpg", "write the thumbnail (of one FILE) there"),
        .init("--waveform", "OUT.png", "draw the waveform (of one FILE) there"),
        .init("--kind", "KIND", "validate as an upload of this kind: video, audio, image, document (default: any)"),
        .init("--peaks", "N", "peaks in the waveform, 1 to 1024 (default 64)"),
        .init("--side", "PIXELS", "the thumbnail's longest side (default 640)"),
        .init("--max-duration", "SECONDS", "reject files with a longer duration"),
    ]
    static let notes = """
        Exits with 1 when a file was rejected or a requested output does not exist, 2 when the command line was wrong.

        examples:
          darkroom inspect samples/*/*
          darkroom inspect --thumbnail thumb.jpg clip.mp4
          darkroom inspect --json --peaks 100 --waveform wave.png voice.m4a
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let files = arguments.operands
        guard !files.isEmpty else { throw UsageError("no FILE was given") }
        let outputs = (thumbnail: arguments["--thumbnail"], waveform: arguments["--waveform"])
        guard files.count == 1 || (outputs.thumbnail == nil && outputs.waveform == nil) else {
            throw UsageError("--thumbnail and --waveform go with one FILE")
        }
        let policy = try policy(arguments)
        let workers = WorkerPool(threads: 1, maximumWaiting: 1, logger: .silent)
        var anyRejected = false
        for file in files {
            let report = await report(file, policy: policy, workers: workers)
            anyRejected = anyRejected || report.error != nil
            print(try arguments.has("--json") ? report.json() : report.text)
            guard let inspection = report.inspection else { continue }
            for absence in try write(inspection, to: outputs) {
                anyRejected = true
                StandardError.write("darkroom: \(absence)\n")
            }
        }
        return anyRejected ? .failure : .success
    }

    private static func policy(_ arguments: Arguments) throws(UsageError) -> MediaPolicy {
        func number(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
            guard let text = arguments[option] else { return nil }
            guard let number = Int(text), range.contains(number) else {
                throw UsageError("\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        var kinds = Set(MediaKind.allCases)
        if let name = arguments["--kind"] {
            guard let kind = MediaKind(rawValue: name) else {
                throw UsageError("--kind takes one of \(MediaKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            kinds = [kind]
        }
        var policy = MediaPolicy(
            kinds: kinds, videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases))
        policy.maximumDuration = try number("--max-duration", in: 1...1_000_000).map(Double.init)
        policy.thumbnail = ThumbnailSettings(longestSide: try number("--side", in: 16...4096) ?? 640)
        policy.waveform = WaveformSettings(buckets: try number("--peaks", in: 1...1024) ?? 64)
        return policy
    }

    private static func report(_ file: String, policy: MediaPolicy, workers: WorkerPool) async -> InspectionReport {
        do throws(MediaError) {
            let opened = try open(file)
            let job = InspectionJob(
                descriptor: opened.descriptor, size: opened.size, filename: file, policy: policy)
            return InspectionReport(file: file, outcome: .success(try await workers.inspect(job)))
        } catch {
            return InspectionReport(file: file, outcome: .failure(error))
        }
    }

    private static func open(_ file: String) throws(MediaError) -> (descriptor: OwnedDescriptor, size: Int) {
        // Opening a named pipe would wait for a writer.
        let descriptor = Foundation.open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw MediaError(.unreadable, "\(file): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw MediaError(.unreadable, "\(file) is not a regular file")
        }
        return (OwnedDescriptor(owning: descriptor), Int(status.st_size))
    }

    /// Writes the requested outputs; returns a description of each that does not exist.
    private static func write(
        _ inspection: Inspection, to outputs: (thumbnail: String?, waveform: String?)
    ) throws -> [String] {
        var absences: [String] = []
        if let path = outputs.thumbnail {
            if let picture = inspection.thumbnail {
                try write(picture, to: path)
            } else {
                absences.append("there is no thumbnail: \(inspection.thumbnailFailure ?? "the file shows no picture")")
            }
        }
        guard let path = outputs.waveform else { return absences }
        if let peaks = inspection.waveform {
            let picture = try WaveformPicture.png(peaks: peaks, width: max(640, peaks.count * 4), height: 160)
            try write([UInt8](picture), to: path)
        } else {
            absences.append(
                inspection.kind == .audio
                    ? "there is no waveform: the sound cannot be decoded here"
                    : "there is no waveform: the file is not audio alone")
        }
        return absences
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try WholeFile.write(bytes, to: path, mode: 0o644)
    }
}
