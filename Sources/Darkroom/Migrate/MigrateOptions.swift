/// The options of `darkroom migrate`.
struct MigrateOptions {
    /// What is moved.
    enum Stores {
        case chat, objects
    }

    let stores: Stores
    let isAbort: Bool
    /// Whether the bucket loses what the folder has not.
    let prunes: Bool
    /// How many objects are copied at once.
    let jobs: Int

    init(_ arguments: Arguments) throws(UsageError) {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        switch (arguments["--from"], arguments["--to"]) {
        case ("sqlite", "mongodb"): stores = .chat
        case ("folder", "bucket"): stores = .objects
        default: throw UsageError("say what is moved: --from sqlite --to mongodb, or --from folder --to bucket")
        }
        isAbort = arguments.has("--abort")
        prunes = arguments.has("--prune")
        guard !isAbort || stores == .chat else {
            throw UsageError("--abort goes with --from sqlite: objects can be copied while the folder is used")
        }
        guard stores == .objects || !prunes && arguments["--jobs"] == nil else {
            throw UsageError("--prune and --jobs go with --from folder")
        }
        guard let text = arguments["--jobs"] else {
            jobs = 8
            return
        }
        guard let number = Int(text), (1...64).contains(number) else {
            throw UsageError("--jobs takes a whole number from 1 to 64")
        }
        jobs = number
    }
}
