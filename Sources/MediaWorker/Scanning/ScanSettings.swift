package import Configuration
package import Logging

extension Setting {
    static let clamd = Setting(
        "DARKROOM_CLAMD", "unix:PATH|HOST:PORT", default: "none: files are not scanned",
        "the clamd that scans each file while it arrives, before it is stored",
        details: "See [scanning.md](scanning.md). What is sent over TCP is not encrypted.")
    static let clamdUnavailable = Setting(
        "DARKROOM_CLAMD_UNAVAILABLE", "reject|accept", default: "reject",
        "whether files are accepted while clamd does not answer")
    static let clamdTooLarge = Setting(
        "DARKROOM_CLAMD_TOO_LARGE", "reject|accept", default: "reject",
        "whether files are accepted that are too large to be scanned")
    static let clamdMaximumSize = Setting(
        "DARKROOM_CLAMD_MAX_SIZE", "MB", default: "100",
        "the largest file that is scanned (1 to 4095)",
        details: "clamd's own StreamMaxLength (100 MB) applies, too; what it rejects is too large.")
    static let clamdTimeout = Setting(
        "DARKROOM_CLAMD_TIMEOUT", "SECONDS", default: "30",
        "how long a file may wait for clamd, all in all, before that does not answer (1 to 600)")
}

extension SettingGroup {
    /// The settings of the scanning of files.
    package static let scanning = SettingGroup(
        "Scanning", [.clamd, .clamdUnavailable, .clamdTooLarge, .clamdMaximumSize, .clamdTimeout])
}

/// How files are scanned.
package struct ScanSettings: Sendable {
    private enum Decision: String, CaseIterable {
        case reject, accept
    }

    private let address: ClamdAddress
    private let acceptsUnavailable: Bool
    private let acceptsTooLarge: Bool
    private let maximumBytes: Int
    private let timeout: Duration

    /// The scanner in the settings; `nil` where none is set.
    /// - Throws: `SettingError` when a setting is not valid.
    package init?(_ reader: SettingsReader) throws(SettingError) {
        acceptsUnavailable = try reader.choice(.clamdUnavailable, of: Decision.self) == .accept
        acceptsTooLarge = try reader.choice(.clamdTooLarge, of: Decision.self) == .accept
        maximumBytes = (try reader.integer(.clamdMaximumSize, in: 1...4095) ?? 100) << 20
        timeout = .seconds(try reader.integer(.clamdTimeout, in: 1...600) ?? 30)
        guard let text = reader.text(.clamd) else { return nil }
        guard let address = ClamdAddress(text) else {
            throw SettingError(.clamd, "'\(text)' is not of the form unix:/PATH (at most 107 bytes) or HOST:PORT")
        }
        self.address = address
    }

    /// Scanning as the settings say. Nothing is connected yet.
    /// - Parameter observe: called at the end of each scan, with the time from the end of the file to the result.
    /// - Throws: ``ScanFailure`` where the process has no descriptor left.
    package func scanning(
        logger: Logger, observe: @escaping @Sendable (ContentScanning.Outcome, Duration) -> Void = { _, _ in }
    ) throws(ScanFailure) -> ContentScanning {
        ContentScanning(
            try ClamdScanner(address, limit: timeout), acceptsUnavailable: acceptsUnavailable,
            acceptsTooLarge: acceptsTooLarge, maximumBytes: maximumBytes, logger: logger, observe: observe)
    }
}
