import FFmpeg
import Foundation
import Glibc
import Logging
import MediaWorker

/// Inspects files again and again in one process, as the service does, and prints the median of each in milliseconds.
///
///     DarkroomBench RUNS FILE…
@main
struct DarkroomBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let runs = arguments.first.flatMap({ Int($0) }), runs > 0, arguments.count > 1 else {
            print("usage: DarkroomBench RUNS FILE…")
            exit(2)
        }
        let workers = WorkerPool(threads: 1, maximumWaiting: 1, logger: Logger(write: { _ in }))
        for path in arguments.dropFirst() {
            var times: [Double] = []
            for _ in 0..<runs {
                let clock = ContinuousClock()
                let began = clock.now
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else { throw CocoaError(.fileReadNoSuchFile) }
                let size = Int(lseek(descriptor, 0, SEEK_END))
                let job = InspectionJob(
                    descriptor: OwnedDescriptor(owning: descriptor), size: size,
                    policy: MediaPolicy(kinds: [.video, .audio, .image]))
                _ = try await workers.inspect(job)
                times.append((clock.now - began) / .milliseconds(1))
            }
            print(times.sorted()[runs / 2], path)
        }
    }
}
