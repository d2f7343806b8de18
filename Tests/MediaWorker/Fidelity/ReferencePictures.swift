import Foundation
import TestPrograms
import Testing

@testable import MediaWorker

/// Pictures that Pillow makes, and what it makes of their colours.
struct ReferencePictures {
    private static let script = Project.file("Tests/MediaWorker/scripts/pictures.py").path
    private let folder: TemporaryFolder

    /// One of each kind, made once.
    static let made = Result {
        try Python.require()
        let folder = try TemporaryFolder()
        try runArguments([Python.interpreter.path, script, "make", folder.path])
        return ReferencePictures(folder: folder)
    }

    func path(_ name: String) -> String { folder.file(name) }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// By how many of 256 levels a thumbnail differs from the picture in the mean, in its worst channel.
    struct Difference: Decodable {
        /// From the picture as its profile has it.
        let managed: Double
        /// From the picture as if its code values were sRGB.
        let plain: Double
    }

    static func difference(_ thumbnail: [UInt8], from path: String) throws -> Difference {
        let folder = try TemporaryFolder()
        let file = folder.file("thumbnail.jpg")
        try Data(thumbnail).write(to: URL(fileURLWithPath: file))
        let output = try runArguments([Python.interpreter.path, script, "compare", path, file]).output
        return try JSONDecoder().decode(Difference.self, from: output)
    }
}
