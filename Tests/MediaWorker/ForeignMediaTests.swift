import FFmpeg
import Foundation
import MediaWorker
import Testing

/// Files that nobody here made: every file under the folder that `DARKROOM_TEST_MEDIA` names.
private let foreignFiles: [String] = {
    guard let folder = ProcessInfo.processInfo.environment["DARKROOM_TEST_MEDIA"] else { return [] }
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.sorted().map { folder + "/" + $0 }.filter {
        FileManager.default.isReadableFile(atPath: $0) && !$0.hasSuffix(".md") && !$0.hasSuffix(".tsv")
            && (try? FileManager.default.contentsOfDirectory(atPath: $0)) == nil
    }
}()

@Suite("Foreign media", .serialized, .enabled(if: !foreignFiles.isEmpty))
struct ForeignMediaTests {
    @Test("a foreign file is judged: never a crash, never a hang, never our own failure", arguments: foreignFiles)
    func judged(path: String) throws {
        let name = path.split(separator: "/").suffix(2).joined(separator: "/")
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let found = try inspectFile(path)
            let size = found.dimensions.map { "\($0.width)x\($0.height)" } ?? "-"
            let duration = found.duration.map { String(format: "%.3f", $0) } ?? "-"
            let preview = found.thumbnail.map { "\($0.count) B" } ?? found.thumbnailAbsence ?? "-"
            print("| \(name) | \(found.kind.rawValue) | \(found.container) | \(duration) | \(size) | \(preview) | \(found.waveform?.count ?? 0) | \(clock.now - start)")
            if let out = ProcessInfo.processInfo.environment["DARKROOM_TEST_OUTPUT"], let thumbnail = found.thumbnail {
                let file = name.replacingOccurrences(of: "/", with: "-") + ".jpg"
                try Data(thumbnail).write(to: URL(fileURLWithPath: out + "/" + file))
            }
        } catch let error as MediaError {
            print("| \(name) | refused: \(error) | \(clock.now - start)")
            #expect(error.code != .internal && error.code != .deadline)
        }
    }
}
