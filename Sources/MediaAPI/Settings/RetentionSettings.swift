package import Configuration
package import Foundation
package import MediaModel

extension Setting {
    static let retention = Setting(
        "DARKROOM_RETENTION", "KIND:AGE,…", default: "files stay",
        "after what time files are deleted: `voice:90d,video:1y`; kinds are video, voice, image and document, ages a number with h, d, w or y",
        details: """
            Once a day a job deletes what has expired, from the messages that show it as well, which stay: see docs/erasure.md. A year has 365 \
            days. A file's age counts from when it was stored; pictures of profiles, libraries of files and stickers do not expire.
            """)
}

extension SettingGroup {
    /// The settings of how long files are kept.
    package static let retention = SettingGroup("Retention", [.retention])
}

/// How long files are kept.
public struct RetentionSettings: Sendable, Hashable {
    /// After how many seconds files expire, by their kinds; those of others stay.
    package var ages: [MediaKind: TimeInterval]

    /// Files of all kinds stay.
    package init(ages: [MediaKind: TimeInterval] = [:]) { self.ages = ages }

    private static let units: [Character: Int] = ["h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000]
    private static let kinds: [String: MediaKind] = [
        "video": .video, "voice": .audio, "audio": .audio, "image": .image, "document": .document,
    ]

    /// The ages in the settings.
    /// - Throws: `SettingError` when the setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init()
        for rule in reader.list(.retention) ?? [] {
            let parts = rule.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let kind = Self.kinds[parts[0]] else {
                throw SettingError(.retention, "'\(rule)' is no kind with its age, such as video:1y")
            }
            guard let unit = parts[1].last.flatMap({ Self.units[$0] }), let count = Int(parts[1].dropLast()),
                (1...100_000).contains(count), count * unit <= 100 * 31_536_000
            else {
                throw SettingError(.retention, "'\(rule)' has no age such as 12h, 90d, 8w or 1y, of at most 100 years")
            }
            guard ages.updateValue(TimeInterval(count * unit), forKey: kind) == nil else {
                throw SettingError(.retention, "names \(parts[0]) twice")
            }
        }
    }
}
