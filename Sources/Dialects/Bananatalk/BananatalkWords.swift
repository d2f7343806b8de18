public import ChatBridge
public import JSON

/// What a message says beside the file that it may carry: its text, what it answers, a place.
public struct BananatalkWords: Sendable {
    /// A text or caption; may be empty.
    public var text: String
    /// The message it answers.
    public var replyTo: String?
    /// Where it was sent, or what it is about.
    public var location: ChatLocation?

    /// Nothing.
    public static let none = BananatalkWords()

    /// Words of their parts.
    public init(text: String = "", replyTo: String? = nil, location: ChatLocation? = nil) {
        self.text = text
        self.replyTo = replyTo
        self.location = location
    }

    /// What a body says: `message`, `replyTo`, `location` with `latitude` and `longitude`, perhaps `address` and `placeName`.
    /// Throws a ``ChatError``.
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

    /// Throws for a place that is nowhere, or whose name is too long: to refuse an upload at its field.
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
