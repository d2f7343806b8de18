import Bytes
import CLinux
import FFmpeg
import Foundation
import Logging
import MediaModel
import MediaWorker
import Mutation

/// The process that judges mutants, and that one of them may bring down: says on standard output which one it has in
/// hand, and then what became of it.
struct Judge {
    /// The most that one inspection may take, in seconds.
    static let deadline = 15.0

    private let options: Options

    init(_ options: Options) { self.options = options }

    /// Judges the mutants number `first`, `first` + `jobs`, … below `count`.
    func run() async throws {
        let corpus = try options.corpus()
        let end = Date().addingTimeInterval(options.seconds)
        let workers = WorkerPool(threads: 1, maximumWaiting: 1, logger: Logger(write: { _ in }))
        for index in stride(from: options.first, to: options.count, by: options.jobs) {
            guard Date() < end else { break }
            let mutant = Mutant(seed: options.seed, index: index, corpus: corpus)
            forgetPeakMemory()
            say(Word.begin(index))
            let began = ContinuousClock.now
            let verdict = await verdict(try memoryFile(mutant.bytes), size: mutant.bytes.count, workers)
            let time = (ContinuousClock.now - began) / .milliseconds(1)
            say(Word.verdict(index, verdict, milliseconds: time, kilobytes: peakMemory(of: "self")))
        }
    }

    private func verdict(_ file: OwnedDescriptor, size: Int, _ workers: WorkerPool) async -> String {
        let policy = MediaPolicy(
            kinds: [.video, .audio, .image], videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases), deadline: Self.deadline
        )
        do throws(MediaError) {
            let found = try await workers.inspect(InspectionJob(descriptor: file, size: size, policy: policy))
            let isSound =
                (found.duration.map { $0.isFinite && $0 >= 0 } ?? true)
                && (found.waveform?.allSatisfy { (0...1).contains($0) } ?? true)
                && (found.dimensions.map { $0.width > 0 && $0.height > 0 } ?? true)
            return isSound ? found.kind.rawValue : "nonsense"
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

    /// What a judging process says, a line each.
    enum Word {
        case begin(Int)
        case verdict(Int, String, milliseconds: Double, kilobytes: Int)
    }
}

extension Judge.Word: CustomStringConvertible {
    init?(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        switch (words.first, words.count) {
        case ("begin", 2):
            guard let index = Int(words[1]) else { return nil }
            self = .begin(index)
        case ("verdict", 5):
            guard let index = Int(words[1]), let time = Double(words[3]), let size = Int(words[4]) else { return nil }
            self = .verdict(index, words[2], milliseconds: time, kilobytes: size)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .begin(let index): "begin \(index)"
        case .verdict(let index, let verdict, let time, let size): "verdict \(index) \(verdict) \(time) \(size)"
        }
    }
}
