import Bytes
import FFmpeg
import Foundation
import Glibc
import Logging
import MediaModel
import MediaWorker

/// Inspects files again and again, as the service does, and prints the median of each in milliseconds.
///
///     DarkroomBench RUNS FILE…              on a thread of this process
///     DarkroomBench boundary RUNS FILE…     there, and in a confined worker process, turn and turn about
@main
struct DarkroomBench {
    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        let crosses = arguments.first == "boundary"
        if crosses { arguments.removeFirst() }
        guard let runs = arguments.first.flatMap({ Int($0) }), runs > 0, arguments.count > 1 else {
            print("usage: DarkroomBench [boundary] RUNS FILE…")
            exit(2)
        }
        let logger = Logger(write: { _ in })
        var workers: [any MediaInspecting] = [WorkerPool(threads: 1, maximumWaiting: 1, logger: logger)]
        if crosses {
            // The program that was built beside this one.
            let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appendingPathComponent("darkroom").path
            workers.append(
                try await ProcessPool.start(ProcessPoolSettings(program: program, workers: 1), logger: logger))
        }
        for path in arguments.dropFirst() {
            var times = Array(repeating: [Double](), count: workers.count)
            for _ in 0..<runs {
                for (number, workers) in workers.enumerated() {
                    times[number].append(try await inspection(of: path, by: workers))
                }
            }
            print(times.map { "\($0.sorted()[runs / 2])" }.joined(separator: " "), path)
        }
    }

    /// How long it takes, in milliseconds.
    private static func inspection(of path: String, by workers: any MediaInspecting) async throws -> Double {
        let clock = ContinuousClock()
        let began = clock.now
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadNoSuchFile) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let job = InspectionJob(
            descriptor: OwnedDescriptor(owning: descriptor), size: size,
            policy: MediaPolicy(kinds: [.video, .audio, .image]))
        _ = try await workers.inspect(job)
        return (clock.now - began) / .milliseconds(1)
    }
}
