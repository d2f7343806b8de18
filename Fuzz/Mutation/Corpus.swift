import Foundation

/// The good files that mutants are made of.
public struct Corpus: Sendable {
    /// A file: where it stands in its folder, and what is in it.
    public struct File: Sendable {
        /// Relative to its folder.
        public let name: String
        /// All of it.
        public let bytes: [UInt8]
    }

    /// Larger files are left out: a mutant is as large as what it is made of.
    private static let largest = 3 << 20
    private static let words: Set = ["md", "tsv", "sh", "py"]

    /// In the order of their names.
    public let files: [File]

    /// Every file of media under `folders`; one that does not exist is passed over.
    public init(folders: [String]) throws {
        files = try folders.flatMap { folder in
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return try names.sorted().compactMap { name -> File? in
                let url = URL(fileURLWithPath: "\(folder)/\(name)")
                let values = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
                guard values.isRegularFile == true, 1...Self.largest ~= values.fileSize ?? 0,
                    !Self.words.contains(url.pathExtension)
                else { return nil }
                return File(name: name, bytes: [UInt8](try Data(contentsOf: url)))
            }
        }
    }
}
