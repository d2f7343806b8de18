/// The rules of an import: of those that cover a key, the first counts.
struct ImportRules: Sendable {
    private let rules: [ImportRule]

    /// Reads the lines; one that is no rule covers nothing.
    init(_ lines: [String]) {
        rules = lines.compactMap { line in
            do throws(ImportRule.Invalid) {
                return try ImportRule(line)
            } catch {
                // Lines are checked when a job is requested; a later release may have other rules.
                return nil
            }
        }
    }

    /// Whose the object `key` is; `nil` where no rule covers it.
    func origin(of key: String) -> ImportOrigin? { rules.lazy.compactMap { $0.origin(of: key) }.first }
}
