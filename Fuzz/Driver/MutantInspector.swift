import Bytes
import CLinux
import FFmpeg
import Foundation
import Logging
import MediaModel
import MediaWorker
import Mutation

/// The process that inspects mutants, which one of them may crash: it prints to standard output which mutant it inspects, and then
/// the result.
struct MutantInspector {
    /// The time limit of one inspection, in seconds.
    static let deadline = 15.0

    private let options: Options

    init(_ options: Options) { self.options = options }

    /// Inspects the mutants number `first`, `first` + `jobs`, … below `count`.
    func run() async throws {
        let corpus = try options.corpus()
        let end = Date().addingTimeInterval(options.seconds)
        let workers = WorkerPool(threads: 1, maximumWaiting: 1, logger: Logger(write: { _ in }))
        for index in stride(from: options.first, to: options.count, by: options.jobs) {
            guard Date() < end else { break }
            let mutant = Mutant(seed: options.seed, index: index, corpus: corpus)
            resetPeakMemory()
            printLine(Message.begin(index))
            let began = ContinuousClock.now
            let result = await result(try memoryFile(mutant.bytes), size: mutant.bytes.count, workers)
            let time = (ContinuousClock.now - began) / .milliseconds(1)
            printLine(Message.result(index, result, milliseconds: time, kilobytes: peakMemory(of: "self")))
        }
    }

    private func result(_ file: OwnedDescriptor, size: Int, _ workers: WorkerPool) async -> String {
        let policy = MediaPolicy(
            kinds: [.video, .audio, .image], videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases), deadline: Self.deadline
        )
        do throws(MediaError) {
            let found = try await workers.inspect(InspectionJob(descriptor: file, size: size, policy: policy))
            let isPlausible =
                (found.duration.map { $0.isFinite && $0 >= 0 } ?? true)
                && (found.waveform?.allSatisfy { (0...1).contains($0) } ?? true)
                && (found.dimensions.map { $0.width > 0 && $0.height > 0 } ?? true)
            return isPlausible ? found.kind.rawValue : "implausible"
        } catch {
            return error.code.rawValue
        }
    }

    private func memoryFile(_ bytes: [UInt8]) throws -> OwnedDescriptor {
        let descriptor = darkroom_memfd_create("darkroom-mutant")
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(bytes))
        return OwnedDescriptor(owning: descriptor)
    }

    /// A message of an inspecting process, one a line.
    enum Message {
        case begin(Int)
        case result(Int, String, milliseconds: Double, kilobytes: Int)
    }
}

extension MutantInspector.Message: CustomStringConvertible {
    init?(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        switch (words.first, words.count) {
        case ("begin", 2):
            guard let index = Int(words[1]) else { return nil }
            self = .begin(index)
        case ("result", 5):
            guard let index = Int(words[1]), let time = Double(words[3]), let size = Int(words[4]) else { return nil }
            self = .result(index, words[2], milliseconds: time, kilobytes: size)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .begin(let index): "begin \(index)"
        case .result(let index, let result, let time, let size): "result \(index) \(result) \(time) \(size)"
        }
    }
}
