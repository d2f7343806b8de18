package import Configuration
import MediaModel

extension Setting {
    static let spoolMemory = Setting(
        "DARKROOM_SPOOL_MEMORY", "MB", default: "64",
        "memory for the inspection of one upload; of a larger upload only the parts that it needs are kept")
    static let spoolBudget = Setting(
        "DARKROOM_SPOOL_BUDGET", "MB", default: "256",
        "memory for the inspection of all uploads together; beyond it they wait, and then use the disk",
        details: "An upload waits for 5 s; none fails.")
    static let metadataRemoval = Setting(
        "DARKROOM_STRIP_METADATA", "off|location|all", default: "off",
        "the metadata removed from files before they are stored; pixels, samples, colours and orientation are kept",
        details: """
            Files are hashed and validated without it. `location` removes places, and containers that cannot be edited; `all` \
            also device, author and time. [metadata.md](metadata.md) says what of which format; documents are stored \
            as received. A direct upload is read once more for this, and is written again instead of copied. Data \
            after a JPEG picture is removed even if the picture has no end marker, except for scans of the same picture up to \
            a later end marker, and up to 16 bytes directly before an end marker; it is not removed if the picture is too \
            large for a preview (its end is then unknown).
            """)
    static let metadataLeft = Setting(
        "DARKROOM_METADATA_LEFT", "accept|reject", default: "accept",
        "whether an image, a video or a sound is accepted if metadata that are to be removed may be left in it",
        details:
            "The record says so, else (`metadataRemoved`). It is rejected as soon as that is certain; see [metadata.md](metadata.md)."
    )
    static let indexFirst = Setting(
        "DARKROOM_INDEX_FIRST", "on|off", default: "off",
        "whether a video (MP4, MOV, M4V, 3GP) whose index comes last is stored with its index first, so that it plays at once",
        details: """
            Samples are kept byte for byte. Files with more than chunk offsets to change (fragments, items, encryption, hint \
            tracks), with an index of more than 8 MB, from a direct upload or a resumable one, are stored as received. Of a video \
            that was changed, `sha256` is null, and `sourceSha256` is that of the file as it was sent.
            """)
}

extension SettingGroup {
    /// The settings of the path of an upload's bytes.
    package static let uploads = SettingGroup(
        "Uploads", [.spoolMemory, .spoolBudget, .metadataRemoval, .metadataLeft, .indexFirst])
}

/// The settings of the path of an upload's bytes.
package struct UploadPipelineSettings: Sendable {
    private enum Decision: String, CaseIterable {
        case accept, reject
    }

    /// The memory for the inspection of one upload, in bytes.
    package var spoolMemory: Int
    /// The memory for the inspection of all uploads together, in bytes.
    package var spoolBudget: Int
    /// What becomes of the metadata in files.
    package var metadata: MetadataRules
    /// Whether a video is stored with its index first.
    package var storesIndexFirst: Bool

    /// The pipeline in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        spoolMemory = try reader.integer(.spoolMemory, in: 1...1024).map { $0 << 20 } ?? 64 << 20
        spoolBudget = try reader.integer(.spoolBudget, in: 1...1_048_576).map { $0 << 20 } ?? 256 << 20
        metadata = MetadataRules(
            try reader.choice(.metadataRemoval) ?? .off,
            rejectsIncomplete: try reader.choice(.metadataLeft, of: Decision.self) == .reject)
        storesIndexFirst = try reader.choice(.indexFirst, of: Switch.self) == .on
    }
}
