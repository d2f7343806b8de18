public import Foundation

/// The files of `samples/`.
public enum Sample {
    /// The file at `path` in it.
    public static func file(_ path: String) throws -> URL {
        let file = Project.file("samples/\(path)")
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw ProgramFailure("\(file.path) is missing; make the samples with: samples/make.sh")
        }
        return file
    }

    /// All files of a folder in it, by name.
    public static func files(in folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: Project.file("samples/\(folder)"), includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }
    }
}
