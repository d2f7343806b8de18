import Foundation
import ObjectStore

/// Options of the commands that process stored objects.
extension Arguments {
    private static let maximumKeys = 1_000_000

    /// The keys in the file that an option names, one per line; `-` is the standard input. `nil` without the option.
    /// - Throws: ``UsageError`` when the file cannot be read, or a line cannot be the key of an object.
    func objectKeys(_ option: String) throws(UsageError) -> [String]? {
        guard let path = self[option] else { return nil }
        let data =
            path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
        guard let data else { throw UsageError("cannot read \(path)") }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard lines.count <= Self.maximumKeys else {
            throw UsageError("\(path) names more than \(Self.maximumKeys) objects")
        }
        if let index = lines.firstIndex(where: { ObjectKey(validating: $0) == nil }) {
            throw UsageError(
                "\(path), key \(index + 1): '\(lines[index].prefix(80))' has other characters than letters, digits and . _ - /"
            )
        }
        return lines
    }

    /// The number of media to process concurrently, by `--jobs`; `nil` without the option.
    /// - Throws: ``UsageError``.
    func jobs() throws(UsageError) -> Int? {
        guard let text = self["--jobs"] else { return nil }
        guard let number = Int(text), (1...256).contains(number) else {
            throw UsageError("--jobs takes a whole number from 1 to 256")
        }
        return number
    }
}
