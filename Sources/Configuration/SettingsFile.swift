import Foundation

/// A file that a setting names.
public enum SettingsFile {
    /// The largest file, in bytes.
    private static let maximumBytes = 1 << 20

    /// The text of a file.
    /// - Throws: ``SettingError`` of `setting` when it is no file of UTF-8 that can be read, or has more than 1 MiB.
    public static func text(_ setting: Setting, at path: String) throws(SettingError) -> String {
        // A device or a pipe might never end.
        let type = (try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath))?[
            .type]
        guard type as? FileAttributeType == .typeRegular, let file = FileHandle(forReadingAtPath: path),
            // Whatever the cause is, the file is of no use.
            let data = try? file.read(upToCount: maximumBytes + 1) ?? Data()
        else { throw SettingError(setting, "cannot read \(path)") }
        guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else {
            throw SettingError(setting, "\(path) is not a text (UTF-8) of at most 1 MiB")
        }
        return text
    }
}
