import ChatBridge
import JSON
import MediaModel
import MediaWorker

/// ImageKit's metadata of a file, as far as they are measured.
enum ImageKitMetadata {
    /// The member of a record's details that has what was measured in addition to the record.
    private static let key = "measured"

    /// What an inspection found that a record has no place for, as the record's details.
    static func details(_ inspection: Inspection) -> JSONValue {
        var measured: JSONObject = [:]
        if let picture = inspection.picture {
            measured["hasColorProfile"] = .bool(picture.hasColorProfile)
            measured["hasTransparency"] = .bool(picture.hasTransparency)
            measured["density"] = picture.density.map(JSONValue.integer)
        }
        if inspection.kind == .video {
            for type in ["video", "audio"] {
                let codec = inspection.streams.first { $0.type == type }?.codec
                measured[type + "Codec"] = codec.map(JSONValue.string)
            }
        }
        return [key: .object(measured)]
    }

    /// The metadata of a file. `exif` is always empty, because what a camera says of its user is not disclosed.
    static func json(_ record: MediaRecord) -> JSONValue {
        var json: JSONObject = [
            "size": .integer(record.fileSize),
            "format": .string(record.key.split(separator: ".").last.map(String.init) ?? ""),
            "height": JSONValue(record.dimensions?.height), "width": JSONValue(record.dimensions?.width), "exif": [:],
        ]
        for (name, value) in record.details?[key]?.objectValue ?? [:] { json[name] = value }
        guard let duration = record.duration else { return .object(json) }
        json["duration"] = .integer(Int(saturating: duration))
        if record.kind == .video, duration > 0 {
            // In kbit/s, of all streams together.
            json["bitRate"] = .integer(Int(saturating: Double(record.fileSize) * 8 / duration / 1000))
        }
        return .object(json)
    }
}
