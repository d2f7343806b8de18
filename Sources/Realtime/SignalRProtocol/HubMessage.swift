public import JSON

/// A client's call of a hub's method.
public struct HubInvocation: Sendable, Hashable {
    /// The ID that the client gave to the call; `nil` if it wants no result.
    public var id: String?
    /// The method's name, case-sensitive.
    public var target: String
    /// The arguments.
    public var arguments: [JSONValue]
    /// Whether the client wants a stream of results.
    public var isStream: Bool

    /// A call.
    public init(id: String? = nil, target: String, arguments: [JSONValue] = [], isStream: Bool = false) {
        self.id = id
        self.target = target
        self.arguments = arguments
        self.isStream = isStream
    }
}

/// A violation of the hub protocol.
struct HubProtocolError: Error, Hashable {
    /// The message for the client.
    let message: String
}

/// A message of a client (HubProtocol.md, "JSON Encoding" and "MessagePack encoding").
enum HubMessage: Hashable {
    /// Types 1 and 4.
    case invocation(HubInvocation)
    /// Type 6.
    case ping
    /// Type 7.
    case close
    /// A message that is ignored: types that concern streams and results, neither of which this server asks for, and
    /// unknown types.
    case other

    /// Parses the message of a record.
    init(record: ArraySlice<UInt8>, _ format: HubFormat, limits: JSONLimits) throws(HubProtocolError) {
        switch format {
        case .json: try self.init(json: Array(record), limits: limits)
        case .messagePack: try self.init(messagePack: Array(record))
        }
    }

    private init(json record: [UInt8], limits: JSONLimits) throws(HubProtocolError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: record, limits: limits)
        } catch {
            throw HubProtocolError(message: "Error reading JSON.")
        }
        guard value.objectValue != nil else {
            throw HubProtocolError(message: "Unexpected JSON: an object is expected.")
        }
        guard let type = value["type"] else { throw HubProtocolError(message: "Missing required property 'type'.") }
        guard let number = type.integerValue else {
            throw HubProtocolError(message: "Expected 'type' to be of type Number.")
        }
        switch number {
        case 1: self = .invocation(try HubInvocation(value, isStream: false))
        case 4: self = .invocation(try HubInvocation(value, isStream: true))
        case 3:
            guard value["result"] == nil || value["error"] == nil else {
                throw HubProtocolError(message: "The 'error' and 'result' properties are mutually exclusive.")
            }
            self = .other
        case 6: self = .ping
        case 7: self = .close
        default: self = .other
        }
    }
}

extension HubInvocation {
    fileprivate init(_ value: JSONValue, isStream: Bool) throws(HubProtocolError) {
        let id = try value.property("invocationId")
        guard let target = try value.property("target"), !target.isEmpty else {
            throw HubProtocolError(message: "Missing required property 'target'.")
        }
        guard let arguments = value["arguments"] else {
            throw HubProtocolError(message: "Missing required property 'arguments'.")
        }
        guard let arguments = arguments.arrayValue else {
            throw HubProtocolError(message: "Expected 'arguments' to be of type Array.")
        }
        if isStream, id == nil { throw HubProtocolError(message: "Missing required property 'invocationId'.") }
        self.init(id: id, target: target, arguments: arguments, isStream: isStream)
    }
}

extension JSONValue {
    fileprivate func property(_ name: String) throws(HubProtocolError) -> String? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw HubProtocolError(message: "Expected '\(name)' to be of type String.")
        }
        return text
    }
}
