package import Configuration
package import MediaModel

extension Setting {
    static let acceptedKinds = Setting(
        "DARKROOM_ACCEPTED_KINDS", "LIST", default: "all (video, audio, image, document)",
        "the kinds of files that are accepted, whatever a chat system accepts itself")
    static let maximumSize = Setting(
        "DARKROOM_MAX_SIZE", "LIST", default: "none: those of the chat systems, and 1024 of the native API",
        "the largest file of each kind, in MB: `video=500,image=20`; a number alone is for all kinds (1 to 1000000)",
        details: """
            Each of these limits narrows those of the chat systems and of the native API, and widens none. See [operations.md](operations.md#limits-of-files).
            """)
    static let maximumDuration = Setting(
        "DARKROOM_MAX_DURATION", "LIST", default: "none: those of the chat systems",
        "the longest file of each kind, in seconds: `video=600,audio=3600`; a number alone is for both (1 to 1000000)")
    static let acceptedPixels = Setting(
        "DARKROOM_ACCEPTED_PIXELS", "LIST", default: "500000000",
        "the largest picture and video frame that are accepted: `image=200000000,video=33177600`; a number alone is for both (1 to 500000000)",
        details: """
            What has more than `DARKROOM_MAX_PIXELS` and is accepted has no preview: with the same number here, it is rejected.
            """)
}

extension SettingGroup {
    /// The limits of files.
    package static let mediaLimits = SettingGroup(
        "Limits of files", [.acceptedKinds, .maximumSize, .maximumDuration, .acceptedPixels])
}

extension MediaLimits {
    /// The limits in the settings.
    /// - Throws: `SettingError` for the first setting that is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init()
        let all = MediaKind.allCases
        bytes = try reader.limits(.maximumSize, of: all, in: 1...1_000_000).mapValues {
            Limit($0 << 20, by: Setting.maximumSize.variable)
        }
        seconds = try reader.limits(.maximumDuration, of: all.filter(\.hasDuration), in: 1...1_000_000).mapValues {
            Limit(Double($0), by: Setting.maximumDuration.variable)
        }
        pixels = try reader.limits(.acceptedPixels, of: all.filter(\.hasPixels), in: 1...500_000_000).mapValues {
            Limit($0, by: Setting.acceptedPixels.variable)
        }
        guard let names = reader.list(.acceptedKinds) else { return }
        let accepted = try names.map { (name) throws(SettingError) in
            try MediaKind(name, of: .acceptedKinds, among: all)
        }
        guard !accepted.isEmpty else { throw SettingError(.acceptedKinds, "names no kind") }
        for kind in all where !accepted.contains(kind) { excludedKinds[kind] = Setting.acceptedKinds.variable }
    }
}

extension SettingsReader {
    /// The numbers of a list of KIND=NUMBER, or the number of all `kinds`; none where it is not set.
    fileprivate func limits(
        _ setting: Setting, of kinds: [MediaKind], in range: ClosedRange<Int>
    ) throws(SettingError) -> [MediaKind: Int] {
        var limits: [MediaKind: Int] = [:]
        for element in list(setting) ?? [] {
            let words = element.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard words.count <= 2, let number = Int(words[words.count - 1]), range.contains(number) else {
                let numbers = "\(range.lowerBound) to \(range.upperBound)"
                throw SettingError(setting, "'\(element)' is not KIND=NUMBER with a whole number from \(numbers)")
            }
            let named = words.count == 2 ? [try MediaKind(words[0], of: setting, among: kinds)] : kinds
            for kind in named where limits.updateValue(number, forKey: kind) != nil {
                throw SettingError(setting, "has two numbers for \(kind.rawValue)")
            }
        }
        return limits
    }
}

extension MediaKind {
    fileprivate init(_ name: String, of setting: Setting, among kinds: [MediaKind]) throws(SettingError) {
        guard let kind = MediaKind(rawValue: name), kinds.contains(kind) else {
            throw SettingError(setting, "'\(name)' is not one of \(kinds.map(\.rawValue).joined(separator: ", "))")
        }
        self = kind
    }
}
