import Bytes
import FFmpeg
import Foundation
import Glibc
import Logging
import MediaModel
import Synchronization
import TestSupport
import Testing

@testable import MediaWorker

extension WorkerProcessTests {
    @Suite("Process pool")
    struct ProcessPoolTests {
        @Test("every sample has the same result, thumbnail and peaks as in process")
        func sameAnswers() async throws {
            let inProcess = WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)
            try await withPool { (pool) async throws in
                for file in try sampleFiles() {
                    let expected = await outcome(inProcess, try job(file))
                    let found = await outcome(pool, try job(file))
                    #expect(found == expected, "\(file)")
                }
                #expect(
                    pool.statistics.crashes == 0 && pool.statistics.invalidResponses == 0 && pool.statistics.starts == 1
                )
            }
        }

        @Test("audio that claims billions of samples per second costs no worker, and the rate is not reported")
        func impossibleRate() async throws {
            var wav = try sample("voice/voice.wav")
            wav.replaceSubrange(24..<28, with: [0xFF, 0xFF, 0xFF, 0x7F])
            try await withPool { [wav] (pool) async throws in
                let order = InspectionOrder(size: wav.count, policy: everything)
                let found = try await pool.inspect(InspectionJob(place: .ranges(BytesInMemory(wav)), order: order))
                #expect(found.kind == .audio && found.streams.map(\.sampleRate) == [nil])
                #expect(pool.statistics.invalidResponses == 0)
            }
        }

        @Test(
            "a last sample of half a gibibyte costs no worker: the file is truncated",
            arguments: [0x20, 0x3F] as [UInt8])
        func impossibleSample(highest: UInt8) async throws {
            var mp4 = try sample("video/landscape.mp4")
            for place in mp4.indices.dropLast(20) where mp4[place..<place + 4].elementsEqual("stsz".utf8) {
                // Version and flags, the size of all (0: each has its own), their number, their sizes.
                let count = mp4[place + 12..<place + 16].reduce(0) { $0 << 8 | Int($1) }
                mp4[place + 16 + 4 * (count - 1)] = highest
            }
            try await withPool { [mp4] (pool) async throws in
                let order = InspectionOrder(size: mp4.count, policy: everything)
                let job = InspectionJob(place: .ranges(BytesInMemory(mp4)), order: order)
                let error = await thrown(MediaError.self) { try await pool.inspect(job) }
                #expect(error?.code == .truncated)
                #expect(pool.statistics.invalidResponses == 0)
            }
        }

        @Test("a file that is read by ranges has the same result")
        func ranges() async throws {
            let inProcess = WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)
            try await withPool { (pool) async throws in
                for name in [
                    "video/landscape-moov-last.mp4", "video/recorder.webm", "voice/voice.wav", "image/alpha.png",
                ]
                where FileManager.default.fileExists(atPath: "\(samples)/\(name)") {
                    let ranges = BytesInMemory(try sample(name))
                    let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                    let found = await outcome(pool, InspectionJob(place: .ranges(ranges), order: order))
                    let expected = try await outcome(inProcess, job("\(samples)/\(name)"))
                    #expect(found == expected, "\(name)")
                    #expect(ranges.reads.withLock { $0 } > 0)
                }
            }
        }

        @Test("a range that cannot be read is reported with its cause")
        func failingRanges() async throws {
            try await withPool { (pool) async throws in
                for code in [FFmpegError.Code.io, .deadline, .missingBytes] {
                    let ranges = BytesInMemory(try sample("video/landscape.mp4"), failing: FFmpegError(code, "no"))
                    let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                    let inProcess = WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)
                    let job = InspectionJob(place: .ranges(ranges), order: order)
                    #expect(await outcome(pool, job) == (await outcome(inProcess, job)))
                }
            }
        }

        @Test(
            "a legacy Office file is distinguished by its name, on a thread and in a worker process alike",
            arguments: [
                ("a.doc", "application/msword"), ("A.XLS", "application/vnd.ms-excel"), (nil, "application/x-cfb"),
            ])
        func legacyOffice(filename: String?, expected: String) async throws {
            var bytes: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
            bytes += [UInt8](repeating: 0, count: 504)
            let file = try SpoolFile.inMemory()
            try file.write(ByteChunk(bytes), at: 0)
            let job = InspectionJob(
                descriptor: file.descriptor, size: bytes.count, filename: filename,
                policy: MediaPolicy(kinds: [.document]))
            let inProcess = WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)
            #expect(try await inProcess.inspect(job).mimeType == expected)
            try await withPool { (pool) async throws in #expect(try await pool.inspect(job).mimeType == expected) }
        }

        @Test("a worker that crashes costs its own job alone, and is replaced", arguments: [SIGSEGV, SIGABRT, SIGSYS])
        func crash(signal: Int32) async throws {
            try await withPool { (pool) async throws in
                let ranges = GatedBytes(try sample("video/landscape.mp4"))
                let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                async let response = outcome(pool, InspectionJob(place: .ranges(ranges), order: order))
                await ranges.isAsked()
                for id in workerProcesses() { kill(id, signal) }
                ranges.open()
                #expect(await response == .rejected(.crashed))
                #expect(try await passes("video/landscape.mp4", pool))
                let statistics = pool.statistics
                #expect(statistics.crashes == 1 && statistics.starts == 2 && statistics.retries == 0)
            }
        }

        @Test("a worker that is killed from outside costs nothing: its job is done by another")
        func killed() async throws {
            try await withPool { (pool) async throws in
                let ranges = GatedBytes(try sample("video/landscape.mp4"))
                let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                async let response = outcome(pool, InspectionJob(place: .ranges(ranges), order: order))
                await ranges.isAsked()
                for id in workerProcesses() { kill(id, SIGKILL) }
                ranges.open()
                let found = await response
                #expect(found.isAccepted)
                #expect(pool.statistics.killed == 1 && pool.statistics.retries == 1)
            }
        }

        @Test("a job whose workers are killed repeatedly is not retried for ever")
        func killedTwice() async throws {
            try await withPool { (pool) async throws in
                let ranges = WorkerKillingBytes(try sample("video/landscape.mp4"))
                let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                let response = await outcome(pool, InspectionJob(place: .ranges(ranges), order: order))
                #expect(response == .rejected(.interrupted))
                #expect(pool.statistics.killed == 2 && pool.statistics.retries == 1)
            }
        }

        @Test("a worker that is stopped from outside costs nothing: its job is done by another")
        func stopped() async throws {
            try await withPool { (pool) async throws in
                for id in workerProcesses() { kill(id, SIGSTOP) }
                #expect(try await passes("video/landscape.mp4", pool))
                #expect(pool.statistics.killed == 1 && pool.statistics.retries == 1 && pool.statistics.starts == 2)
                #expect(pool.statistics.missedDeadlines == 0)
            }
        }

        @Test("a job whose workers are stopped repeatedly is reported as interrupted, not as the file's fault")
        func stoppedTwice() async throws {
            try await withPool { (pool) async throws in
                let ranges = WorkerKillingBytes(try sample("video/landscape.mp4"), signal: SIGSTOP)
                let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                let response = await outcome(pool, InspectionJob(place: .ranges(ranges), order: order))
                #expect(response == .rejected(.interrupted))
                #expect(pool.statistics.killed == 2 && pool.statistics.retries == 1)
            }
        }

        @Test("how a worker ended determines whether the file is to blame")
        func faults() {
            func code(_ failure: WorkerFailure, _ signal: Int32, filled: Bool = false, first: Bool = true) -> MediaError
                .Code?
            {
                let decision = RetryDecision(
                    failure, exit: .signalled(signal), hadFilledMemory: filled, isFirstAttempt: first)
                if case .failed(let error) = decision { return error.code }
                return nil
            }
            for signal in [SIGKILL, SIGTERM, SIGHUP, SIGUSR1, SIGALRM, SIGPIPE] {
                #expect(code(.exited, signal) == nil && code(.exited, signal, first: false) == .interrupted)
            }
            for signal in [SIGSEGV, SIGABRT, SIGSYS, SIGFPE] { #expect(code(.exited, signal) == .crashed) }
            #expect(code(.stalled, SIGKILL) == nil && code(.stalled, SIGKILL, first: false) == .interrupted)
            #expect(code(.deadline, SIGKILL) == .deadline && code(.exited, SIGXCPU) == .deadline)
            #expect(code(.exited, SIGKILL, filled: true) == .outOfMemory)
        }

        @Test("a picture that needs more memory than a worker may use is accepted without a preview")
        func memory() async throws {
            var settings = ProcessPoolSettings.forTests()
            settings.memory = 384 << 20
            try await withPool(settings) { (pool) async throws in
                // 7,000 × 8,000 pixels of three bytes and more.
                let bytes = try Picture(
                    width: 7000, height: 8000, pixels: [UInt8](repeating: 7, count: 3 * 7000 * 8000)
                )
                .png()
                let file = try SpoolFile.inMemory()
                try file.write(ByteChunk(bytes), at: 0)
                let job = InspectionJob(descriptor: file.descriptor, size: bytes.count, policy: everything)
                let found = try await pool.inspect(job)
                #expect(found.dimensions == Dimensions(width: 7000, height: 8000) && found.thumbnail == nil)
                #expect(
                    found.thumbnailFailure == "decoding the picture takes more memory than a worker may have")
                #expect(try await passes("voice/voice.m4a", pool))
            }
        }

        @Test("a confined worker decodes files that need another library, as an unconfined one does")
        func libraries() async throws {
            try await withPool { (pool) async throws in
                let names = [
                    "arithmetic.jpg", "inks-profile.jpg", "profile.jpg", "profile.png", "places.png", "p3.mp4",
                ]
                for name in names {
                    let bytes = try TestSeeds.bytes(name)
                    let file = try SpoolFile.inMemory()
                    try file.write(ByteChunk(bytes), at: 0)
                    let job = InspectionJob(descriptor: file.descriptor, size: bytes.count, policy: everything)
                    let thumbnail = try await pool.inspect(job).thumbnail
                    #expect(try thumbnail != nil && thumbnail == inspectBytes(bytes).thumbnail, "\(name)")
                }
            }
        }

        @Test("an idle worker that ends is replaced before a job arrives")
        func idle() async throws {
            try await withPool { (pool) async throws in
                for id in workerProcesses() { kill(id, SIGKILL) }
                await eventually { pool.statistics.starts >= 2 }
                #expect(try await passes("voice/voice.m4a", pool))
            }
        }

        @Test("a worker is replaced after its number of jobs")
        func renewal() async throws {
            var settings = ProcessPoolSettings.forTests()
            settings.jobsBeforeRenewal = 2
            try await withPool(settings) { (pool) async throws in
                for _ in 0..<5 { #expect(try await passes("voice/voice.m4a", pool)) }
                #expect(pool.statistics.replaced == 2)
            }
        }

        @Test("a job beyond the queue's capacity is rejected at once, and waiting jobs are done")
        func busy() async throws {
            var settings = ProcessPoolSettings.forTests()
            settings.maximumWaiting = 2
            try await withPool(settings) { (pool) async throws in
                let ranges = GatedBytes(try sample("video/landscape.mp4"))
                let order = InspectionOrder(size: ranges.bytes.count, policy: everything)
                async let first = outcome(pool, InspectionJob(place: .ranges(ranges), order: order))
                await ranges.isAsked()
                async let second = outcome(pool, try job("\(samples)/voice/voice.m4a"))
                async let third = outcome(pool, try job("\(samples)/voice/voice.m4a"))
                await eventually { pool.statistics.waiting >= 2 }
                #expect(try await outcome(pool, job("\(samples)/voice/voice.m4a")) == .rejected(.busy))
                ranges.open()
                let answers = try await [first, second, third]
                #expect(answers.allSatisfy { $0.isAccepted })
                #expect(pool.statistics.rejectedJobs == 1)
            }
        }

        @Test("a cancelled job leaves the queue, or frees its worker")
        func cancellation() async throws {
            try await withPool { (pool) async throws in
                let voice = try job("\(samples)/voice/voice.m4a")
                for id in workerProcesses() { kill(id, SIGSTOP) }
                let running = Task { await outcome(pool, voice) }
                await eventually { pool.statistics.running >= 1 }
                let waiting = Task { await outcome(pool, voice) }
                await eventually { pool.statistics.waiting >= 1 }
                waiting.cancel()
                #expect(await waiting.value == .rejected(.cancelled))
                running.cancel()
                #expect(await running.value == .rejected(.cancelled))
                #expect(try await passes("voice/voice.m4a", pool))
                #expect(pool.statistics.cancelled == 2 && pool.statistics.missedDeadlines == 0)
            }
        }

        @Test("no process and no descriptor is left after shutdown", .timeLimit(.minutes(2)))
        func nothingLeft() async throws {
            // Once before, so that descriptors that stay open are already open.
            try await withPool { _ in }
            let before = descriptors()
            try await withPool(.forTests(workers: 3)) { (pool) async throws in
                #expect(workerProcesses().count == 3)
                for _ in 0..<10 { _ = await outcome(pool, try job("\(samples)/voice/voice.m4a")) }
            }
            #expect(workerProcesses().isEmpty)
            // The threads release their descriptors last.
            await eventually { descriptors() <= before }
        }

        @Test("starting a pool throws where no worker can be started")
        func noProgram() async throws {
            var settings = ProcessPoolSettings.forTests()
            settings.program = "/nonexistent"
            await #expect(throws: WorkerStartError.self) { try await ProcessPool.start(settings, logger: .silent) }
            settings.program = "/bin/true"
            await #expect(throws: WorkerStartError.self) { try await ProcessPool.start(settings, logger: .silent) }
            #expect(workerProcesses().isEmpty)
        }

        private func sampleFiles() throws -> [String] {
            let all = FileManager.default.enumerator(atPath: samples)?.compactMap { $0 as? String } ?? []
            return all.filter { $0.contains("/") }.sorted().map { "\(samples)/\($0)" }
        }

        private func passes(_ name: String, _ pool: ProcessPool) async throws -> Bool {
            await outcome(pool, try job("\(samples)/\(name)")).isAccepted
        }

        private func job(_ path: String) throws -> InspectionJob {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            try #require(descriptor >= 0, "cannot open \(path)")
            let size = Int(lseek(descriptor, 0, SEEK_END))
            return InspectionJob(descriptor: OwnedDescriptor(owning: descriptor), size: size, policy: everything)
        }

        /// The descriptors of this process that a pool could have left.
        private func descriptors() -> Int {
            let folder = "/proc/self/fd"
            return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).count {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
                return target?.hasPrefix("socket:") == true || target?.contains("eventfd") == true
            }
        }
    }
}
