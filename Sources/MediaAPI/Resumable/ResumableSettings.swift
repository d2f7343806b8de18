package import ChatBridge
package import Configuration

extension Setting {
    static let resumableLifetime = Setting(
        "DARKROOM_RESUMABLE_LIFETIME", "SECONDS", default: "86400",
        "how long a resumable upload may take; what has arrived of one that is not finished then is deleted (60 to 604800)"
    )
    static let resumableUploads = Setting(
        "DARKROOM_RESUMABLE_UPLOADS_PER_USER", "N", default: "64",
        "the resumable uploads that a user may have open (1 to 10000)")
    static let resumableBytes = Setting(
        "DARKROOM_RESUMABLE_MB_PER_USER", "MB", default: "8192",
        "the size of all resumable uploads together that a user may have open (1 to 1000000000)",
        details: "An upload whose length is not known yet counts as the largest that is accepted.")
}

extension SettingGroup {
    /// The settings of resumable uploads.
    package static let resumable = SettingGroup(
        "Resumable uploads", [.resumableLifetime, .resumableUploads, .resumableBytes])
}

/// The limits of resumable uploads.
public struct ResumableSettings: Sendable {
    /// The longest time that an upload may take, in seconds.
    package static let maximumLifetime = 604_800

    /// How long an upload may take.
    package var lifetime: Duration
    /// How much a user may have in open uploads.
    package var allowance: UploadAllowance

    /// Limits with defaults.
    package init(
        lifetime: Duration = .seconds(86_400), allowance: UploadAllowance = UploadAllowance(files: 64, bytes: 8 << 30)
    ) {
        self.lifetime = lifetime
        self.allowance = allowance
    }

    /// The limits in the settings.
    /// - Throws: `SettingError` for the first setting that is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init(
            lifetime: .seconds(try reader.integer(.resumableLifetime, in: 60...Self.maximumLifetime) ?? 86_400),
            allowance: UploadAllowance(
                files: try reader.integer(.resumableUploads, in: 1...10_000) ?? 64,
                bytes: (try reader.integer(.resumableBytes, in: 1...1_000_000_000) ?? 8192) << 20))
    }
}
