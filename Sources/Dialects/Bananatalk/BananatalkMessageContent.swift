public import ChatBridge
public import JSON

/// The content of a message other than its file: the text, the message it replies to, and a location.
public struct BananatalkMessageContent: Sendable {
    /// The text or caption; may be empty.
    public var text: String
    /// The ID of the message that it replies to.
    public var replyTo: String?
    /// The location that is shared with the message.
    public var location: ChatLocation?

    /// Empty content.
    public static let none = BananatalkMessageContent()

    /// Creates the content from its parts.
    public init(text: String = "", replyTo: String? = nil, location: ChatLocation? = nil) {
        self.text = text
        self.replyTo = replyTo
        self.location = location
    }

    /// Reads `message`, `replyTo` and `location` from a body; `location` has `latitude` and `longitude`, and optionally
    /// `address` and `placeName`.
    /// - Throws: ``ChatError`` with code `invalidRequest` when a field has the wrong type, or a coordinate is missing.
    public init(_ body: JSONValue) throws {
        text = try body.text("message") ?? ""
        replyTo = try body.text("replyTo")
        guard let place = body["location"], !place.isNull else { return }
        guard let latitude = place["latitude"]?.doubleValue, let longitude = place["longitude"]?.doubleValue else {
            throw ChatError(.invalidRequest, "Location needs `latitude` and `longitude` as numbers")
        }
        location = ChatLocation(
            latitude: latitude, longitude: longitude, address: try place.text("address"),
            placeName: try place.text("placeName"))
    }

    /// Checks the location, so that an upload can be rejected at this field.
    /// - Throws: ``ChatError`` with code `invalidRequest` for coordinates out of range, `textTooLong` for an address or
    ///   name that is too long.
    public func check(_ limits: BananatalkLimits) throws(ChatError) {
        guard let location else { return }
        guard (-90...90).contains(location.latitude), (-180...180).contains(location.longitude) else {
            throw ChatError(
                .invalidRequest, "Location needs a latitude from -90 to 90 and a longitude from -180 to 180")
        }
        for word in [location.address, location.placeName].compactMap(\.self)
        where word.utf8.count > limits.maximumPlaceBytes {
            throw ChatError(.textTooLong, "Location text exceeds maximum of \(limits.maximumPlaceBytes) bytes")
        }
    }
}
