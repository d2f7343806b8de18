public import JSON

/// Examples of bodies, recorded in test runs by `scripts/openapi-examples`. They are part of the program: nothing is read from disk.
public enum DescriptionExamples {
    private static let files: [String: [UInt8]] = [
        "bananatalk": PackageResources.bananatalk_json, "imagekit": PackageResources.imagekit_json,
        "intok": PackageResources.intok_json, "native": PackageResources.native_json,
        "rooms": PackageResources.rooms_json, "signalr": PackageResources.signalr_json,
    ]

    /// The examples of an API as descriptions take them; empty where none were recorded.
    /// - Parameter name: `native`, or the name of a dialect.
    public static func examples(of name: String) -> JSONObject {
        guard let file = files[name] else { return [:] }
        // The files are the program's own; a test reads each.
        return (try? JSONValue(parsing: file, limits: limits))?.objectValue ?? [:]
    }

    private static let limits = JSONLimits(maximumBytes: 4 << 20, maximumDepth: 64, maximumValues: 1 << 20)
}
