import ChatBridge
import Foundation
import Jobs
import MediaAPI
import MediaModel

/// The options of `darkroom import`.
struct ImportOptions {
    /// Which objects are imported.
    enum Selection {
        /// Those whose key begins so.
        case prefix(String)
        /// These.
        case keys([String])
    }

    let selection: Selection
    /// The bucket that is to be listed; `nil` for that of the settings.
    let bucket: String?
    /// The number of objects to process concurrently; `nil` for the number of cores.
    let jobs: Int?
    let isDryRun: Bool
    private let rules: [ImportRule]

    init(_ arguments: Arguments) throws(UsageError) {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        bucket = arguments["--list"]
        let isWhole = bucket != nil || arguments.has("--all")
        switch (arguments["--prefix"], try arguments.objectKeys("--keys"), isWhole) {
        case (let prefix?, nil, _) where !arguments.has("--all"): selection = .prefix(prefix)
        case (nil, let keys?, false): selection = .keys(keys)
        case (nil, nil, true): selection = .prefix("")
        default: throw UsageError("say which objects: --prefix P, --keys FILE, --list BUCKET or --all")
        }
        jobs = try arguments.jobs()
        isDryRun = arguments.has("--dry-run")
        rules = try Self.rules(arguments)
        let known = DialectModules.all.map { $0.dialect }
        for dialect in rules.compactMap(\.namedDialect) where !known.contains(dialect) {
            throw UsageError(
                "'\(dialect.rawValue)' is none of the chat systems \(known.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// Whose the object `key` is, by the first rule that covers it; `nil` where none does.
    func origin(of key: String) -> ImportOrigin? { rules.lazy.compactMap { $0.origin(of: key) }.first }

    /// Checks that the bucket to be listed is `used`, which Darkroom's media are in; `nil` where they are in a folder.
    func check(bucket used: String?) throws(UsageError) {
        guard let bucket, bucket != used else { return }
        let place = used.map { "is not the bucket of the settings, \($0)" } ?? "is none: the settings name no bucket"
        throw UsageError(
            "--list: \(bucket) \(place); objects are registered where they are: copy those of another bucket first")
    }

    private static func rules(_ arguments: Arguments) throws(UsageError) -> [ImportRule] {
        guard let path = arguments["--rules"] else {
            guard let owner = arguments["--owner"] else {
                throw UsageError("say whose they are: --owner ID or --rules FILE")
            }
            let kind = arguments["--kind"] ?? ""
            return [try rule("* \(owner) \(arguments["--dialect"] ?? "-") \(kind)", in: "--owner, --dialect, --kind")]
        }
        for option in ["--owner", "--dialect", "--kind"] where arguments[option] != nil {
            throw UsageError("--rules goes with no \(option)")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("cannot read \(path)") }
        var rules: [ImportRule] = []
        for (number, line) in String(decoding: data, as: UTF8.self).components(separatedBy: .newlines).enumerated() {
            let text = line.trimmingCharacters(in: .whitespaces)
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            rules.append(try rule(text, in: "\(path), line \(number + 1)"))
        }
        guard !rules.isEmpty else { throw UsageError("\(path) has no rule") }
        return rules
    }

    private static func rule(_ text: String, in place: String) throws(UsageError) -> ImportRule {
        do throws(ImportRule.Invalid) {
            return try ImportRule(text)
        } catch {
            throw UsageError("\(place): \(error.reason)")
        }
    }
}
