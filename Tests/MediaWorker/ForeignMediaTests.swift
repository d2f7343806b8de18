import Foundation
import MediaModel
import MediaWorker
import TestPrograms
import Testing

/// Files that other programs made: those under the folder that `DARKROOM_TEST_MEDIA` names or, without it, under `../shared/media`
/// where that exists; and always the committed samples, so that no test runs without files.
enum ForeignMedia {
    static let files: [String] = {
        folders.flatMap { folder -> [String] in
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return names.sorted().map { folder + "/" + $0 }
        }.filter { path in
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            return type == .typeRegular && ![".md", ".tsv", ".sh", ".py"].contains { path.hasSuffix($0) }
        }
    }()

    /// The files that FFmpeg's commands read correctly: without the committed samples, which other tests cover, and
    /// without the files in `faults`, which a command reads differently.
    static let comparable = files.filter { !$0.hasPrefix(samples) && !$0.contains("/faults/") }

    /// The folders of media at hand.
    static let folders = [
        samples,
        ProcessInfo.processInfo.environment["DARKROOM_TEST_MEDIA"] ?? Project.file("../shared/media").standardized.path,
    ]

    private static let videosWithThumbnail = comparable.filter { path in
        var policy = everything
        policy.videoContainers = Set(MediaFormat.allCases)
        guard let found = try? inspectFile(path, policy) else { return false }
        return found.kind == .video && found.thumbnail != nil
    }

    /// Videos whose picture needs tone mapping, which the command does not do by itself.
    static let brightVideos = videosWithThumbnail.filter { path in
        let transfer = try? run(
            "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=color_transfer", path)
        let text = String(decoding: transfer?.output ?? Data(), as: UTF8.self)
        return text.contains("smpte2084") || text.contains("arib-std-b67")
    }

    /// All others.
    static let videos = videosWithThumbnail.filter { !brightVideos.contains($0) }

    static let sounds = comparable.filter { (try? inspectFile($0))?.kind == .audio }
}

@Suite("Foreign media", .serialized)
struct ForeignMediaTests {
    @Test("any file has a result: never a crash, a hang, or a failure of our own", arguments: ForeignMedia.files)
    func result(path: String) {
        do throws(MediaError) {
            let found = try inspectFile(path)
            if let duration = found.duration { #expect(duration > 0 && duration < 3600) }
            #expect(found.kind != .audio || found.waveform.map { $0.contains(1) || $0.allSatisfy { $0 == 0 } } ?? false)
            #expect(found.kind == .audio || found.thumbnail != nil || found.thumbnailFailure != nil)
        } catch {
            #expect(error.code != .internal && error.code != .deadline && error.code != .incomplete)
        }
    }
}
