import Foundation
import MediaWorker
import Testing

/// Files that nobody here made: every file under the folder that `DARKROOM_TEST_MEDIA` names.
enum ForeignMedia {
    static let files: [String] = {
        guard let folder = ProcessInfo.processInfo.environment["DARKROOM_TEST_MEDIA"] else { return [] }
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.sorted().map { folder + "/" + $0 }.filter { path in
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            return type == .typeRegular && !path.hasSuffix(".md") && !path.hasSuffix(".tsv")
        }
    }()

    /// Videos of at least a second whose picture needs no tone mapping, which the command does not do by itself.
    static let videos = files.filter { path in
        guard let found = try? inspectFile(path), found.kind == .video, found.thumbnail != nil else { return false }
        return found.duration ?? 0 > 1.1 && !path.contains("hdr")
    }

    static let sounds = files.filter { (try? inspectFile($0))?.kind == .audio }
}

@Suite("Foreign media", .serialized, .enabled(if: !ForeignMedia.files.isEmpty))
struct ForeignMediaTests {
    @Test("a foreign file is judged: never a crash, never a hang, never our own failure", arguments: ForeignMedia.files)
    func judged(path: String) {
        do throws(MediaError) {
            let found = try inspectFile(path)
            if let duration = found.duration { #expect(duration > 0 && duration < 700) }
            #expect(found.kind != .audio || found.waveform?.contains(1) ?? false)
            #expect(found.kind == .audio || found.thumbnail != nil || found.thumbnailAbsence != nil)
        } catch {
            #expect(error.code != .internal && error.code != .deadline && error.code != .incomplete)
        }
    }
}
