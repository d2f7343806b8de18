import Foundation
import MediaModel
import Synchronization
import TestPrograms
import Testing

@testable import MediaWorker

extension WorkerProcessTests {
    @Suite("Renditions of videos")
    struct VideoRenditionTests {
        private static let pattern = ["-f", "lavfi", "-i", "testsrc2=size=1280x960:rate=30:duration=2"]
        private static let sine = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"]

        private func made(_ name: String, _ arguments: [String]) throws -> (folder: TemporaryFolder, path: String) {
            let folder = try TemporaryFolder()
            try runArguments(["ffmpeg", "-v", "error"] + arguments + [folder.file(name)])
            return (folder, folder.file(name))
        }

        @Test("a telephone's HEVC in MOV, turned by 90° and with surround sound, becomes an upright H.264 of 720 lines")
        func telephone() async throws {
            let (folder, coded) = try made(
                "coded.mov",
                Self.pattern + Self.sine + [
                    "-c:v", "libx265", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1",
                    "-c:a", "ac3", "-ac", "6",
                ])
            let source = try turned(coded, in: folder)
            let bench = try await RenditionBench(source)
            let result = try await bench.make(.video720p)
            #expect(result.transcoding.outcome == .encoded)
            #expect(result.transcoding.dimensions == Dimensions(width: 720, height: 960))
            let output = try await bench.outputFile()
            let probed = try ProbedFile(output)
            #expect(probed.video == "h264 High yuv420p" && probed.size == "720x960" && probed.rotation == 0)
            #expect(probed.audio == "aac LC 2" && probed.streamCount == 2 && probed.frames == 60)
            #expect(abs(probed.duration - 2) < 0.1 && abs(result.transcoding.duration - 2) < 0.1)
            #expect(try await isIndexFirst(bench))
            let same = try similarity(output, source, "scale=720:960:flags=bicubic,format=yuv420p")
            #expect(same > 0.95)
        }

        /// A copy whose container turns it by 90°: ffmpeg 5.1 has another option for that than 7.1.
        private func turned(_ path: String, in folder: TemporaryFolder) throws -> String {
            let turned = folder.file("turned.mov")
            let options = [["-display_rotation:v:0", "90", "-i", path], ["-i", path, "-metadata:s:v:0", "rotate=90"]]
            for words in options {
                let arguments = ["ffmpeg", "-v", "error", "-y"] + words + ["-c", "copy", turned]
                let finished = try Command.runBlocking(URL(fileURLWithPath: "/usr/bin/env"), arguments)
                if finished.status == 0, try ProbedFile(turned).rotation != 0 { return turned }
            }
            throw ProgramFailure("ffmpeg turns no video")
        }

        @Test("streams that serve are copied to MP4 bit by bit, with their index first")
        func copied() async throws {
            let (folder, path) = try made(
                "clip.mov",
                ["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=30:duration=2"] + Self.sine + [
                    "-c:v", "libx264", "-profile:v", "main", "-pix_fmt", "yuv420p", "-c:a", "aac",
                ])
            let bench = try await RenditionBench(path)
            let result = try await bench.make(.video720p)
            #expect(result.transcoding.outcome == .copied)
            let output = try await bench.outputFile()
            let (before, after) = (try ProbedFile(path), try ProbedFile(output))
            #expect(after.video == "h264 Main yuv420p" && after.size == "640x480" && after.frames == before.frames)
            #expect(abs(after.duration - before.duration) < 0.05)
            for stream in ["0:v", "0:a"] {
                let (made, source) = (try digests(output, stream), try digests(path, stream))
                #expect(!source.isEmpty && made == source)
            }
            #expect(try await isIndexFirst(bench))
            withExtendedLifetime(folder) {}
        }

        @Test("a video that is such a file already is left as it is")
        func original() async throws {
            let (folder, path) = try made(
                "clip.mp4",
                ["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=30:duration=1", "-c:v", "libx264", "-pix_fmt"]
                    + ["yuv420p", "-movflags", "+faststart"])
            let bench = try await RenditionBench(path)
            let result = try await bench.make(.video720p)
            #expect(result.transcoding.outcome == .original && result.object == nil)
            #expect(try await !bench.hasOutput)
            withExtendedLifetime(folder) {}
        }

        @Test(
            "what players do not have in common is encoded again: more lines, other chroma, other codecs, more frames",
            arguments: [
                ["-c:v", "libx264", "-pix_fmt", "yuv420p"], ["-c:v", "libx264", "-pix_fmt", "yuv444p"],
                ["-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-s", "640x480"], ["-c:v", "mpeg4", "-s", "640x480"],
                ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-s", "320x240", "-r", "120"],
            ])
        func encoded(arguments: [String]) async throws {
            let (folder, path) = try made("clip.mp4", Self.pattern + ["-movflags", "+faststart"] + arguments)
            let bench = try await RenditionBench(path)
            #expect(try await bench.make(.video720p).transcoding.outcome == .encoded)
            let probed = try ProbedFile(try await bench.outputFile())
            #expect(probed.video == "h264 High yuv420p" && abs(probed.duration - 2) < 0.1)
            // 120 frames a second become 60.
            #expect((59...121).contains(probed.frames))
            withExtendedLifetime(folder) {}
        }

        @Test("high dynamic range becomes standard, near to what ffmpeg's tonemap filter makes of it")
        func highDynamicRange() async throws {
            // Up to 1,000 cd/m², with colours within BT.709.
            let codes = "format=yuv420p10le,lutyuv=y=64+(val-64)*0.7:u=512+(val-512)*0.5:v=512+(val-512)*0.5"
            let (folder, path) = try made(
                "hdr.mp4",
                [
                    "-f", "lavfi", "-i", "testsrc2=size=192x108:rate=5:duration=1", "-vf", codes, "-c:v", "libx265",
                    "-x265-params",
                    "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited",
                ])
            let bench = try await RenditionBench(path)
            #expect(try await bench.make(.video720p).transcoding.outcome == .encoded)
            let output = try await bench.outputFile()
            let probed = try ProbedFile(output)
            #expect(probed.video == "h264 High yuv420p" && probed.transfer == "bt709")
            let mapping =
                "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=reinhard,"
                + "zscale=t=bt709:m=bt709:r=tv,format=yuv420p,"
            let (made, witness) = (try pixels(output, ""), try pixels(path, mapping))
            try #require(made.count == witness.count && !made.isEmpty)
            let differences = zip(made, witness).map { abs(Int($0) - Int($1)) }
            #expect(differences.reduce(0, +) / differences.count < 30)
            // Without the mapping the picture is flat: nothing of it is near to black or to white.
            #expect(made.max() ?? 0 > 240 && made.min() ?? 255 < 15)
            withExtendedLifetime(folder) {}
        }

        /// The pixels of the first frame in RGB.
        private func pixels(_ path: String, _ filter: String) throws -> [UInt8] {
            let arguments = ["ffmpeg", "-v", "error", "-i", path, "-vf", filter + "format=rgb24", "-frames:v", "1"]
            return [UInt8](try runArguments(arguments + ["-f", "rawvideo", "-"]).output)
        }

        @Test("the limits of duration, size and time hold, and nothing is stored")
        func limits() async throws {
            let (folder, path) = try made(
                "clip.mov", ["-f", "lavfi", "-i", "testsrc2=size=1280x960:rate=60:duration=8", "-c:v", "mpeg4"])
            let bench = try await RenditionBench(path)
            var limits = RenditionBench.patient
            limits.maximumDuration = 5
            #expect(await bench.failure(.video720p, limits) == .tooLong)
            limits = RenditionBench.patient
            limits.maximumBytes = 50_000
            #expect(await bench.failure(.video720p, limits) == .tooLarge)
            limits = RenditionBench.patient
            limits.seconds = 0.2
            #expect(await bench.failure(.video720p, limits) == .deadline)
            #expect(await bench.failure(.voiceM4A) == .wrongKind)
            #expect(try await !bench.hasOutput)
            withExtendedLifetime(folder) {}
        }

        @Test(
            "a rendition whose task is cancelled ends with its process; one whose worker is killed once is made all the same"
        )
        func interrupted() async throws {
            let (folder, path) = try made(
                "clip.mov", ["-f", "lavfi", "-i", "testsrc2=size=1280x960:rate=60:duration=8", "-c:v", "mpeg4"])
            let bench = try await RenditionBench(path)
            let cancelled = Task { try await bench.make(.video720p) }
            await eventually { !workerProcesses().isEmpty }
            cancelled.cancel()
            await #expect(throws: MediaError.self) { try await cancelled.value }
            await eventually { workerProcesses().isEmpty }
            #expect(try await !bench.hasOutput)

            let hasBegun = Mutex(false)
            let task = Task {
                try await bench.make(.video720p, RenditionBench.patient) { share in
                    if share > 0 { hasBegun.withLock { $0 = true } }
                }
            }
            await eventually { hasBegun.withLock { $0 } }
            let first = try #require(workerProcesses().first)
            kill(first, SIGKILL)
            #expect(try await task.value.transcoding.outcome == .encoded)
            #expect(try ProbedFile(try await bench.outputFile()).frames == 480)
            withExtendedLifetime(folder) {}
        }

        private func isIndexFirst(_ bench: RenditionBench) async throws -> Bool {
            let types = try topLevelBoxes(try await bench.outputBytes()).map(\.type)
            return types.first == "ftyp" && types.dropFirst().first == "moov" && types.last == "mdat"
        }

        /// The digests of the decoded frames of a stream.
        private func digests(_ path: String, _ stream: String) throws -> [String] {
            let text = try run("ffmpeg", "-v", "error", "-i", path, "-map", stream, "-f", "framemd5", "-").output
            return String(decoding: text, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
                .compactMap { $0.split(separator: ",").last.map(String.init) }
        }

        /// The mean structural similarity (SSIM) of the luma of a video and another one behind a filter.
        private func similarity(_ output: String, _ source: String, _ filter: String) throws -> Double {
            let text = try run(
                "ffmpeg", "-v", "info", "-i", output, "-i", source, "-lavfi", "[1:v]\(filter)[w];[0:v][w]ssim", "-f",
                "null", "-"
            ).errors
            let value = text.split(separator: " ").last { $0.hasPrefix("Y:") }?.dropFirst(2)
            return try #require(value.flatMap { Double($0) })
        }
    }
}
