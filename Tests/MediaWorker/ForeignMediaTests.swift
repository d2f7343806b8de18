import Foundation
import MediaModel
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

    private static let shown = files.filter { path in
        var policy = everything
        policy.videoContainers = Set(MediaFormat.allCases)
        guard let found = try? inspectFile(path, policy) else { return false }
        return found.kind == .video && found.thumbnail != nil
    }

    /// Videos whose picture needs tone mapping, which the command does not do by itself.
    static let brightVideos = shown.filter { path in
        let transfer = try? run(
            "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=color_transfer", path)
        let text = String(decoding: transfer?.output ?? Data(), as: UTF8.self)
        return text.contains("smpte2084") || text.contains("arib-std-b67")
    }

    /// All others.
    static let videos = shown.filter { !brightVideos.contains($0) }

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
            #expect(found.kind == .audio || found.thumbnail != nil || found.thumbnailFailure != nil)
        } catch {
            #expect(error.code != .internal && error.code != .deadline && error.code != .incomplete)
        }
    }
}
