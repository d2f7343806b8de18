import JSON
import MessagePack

extension HubMessage {
    /// Parses a message in MessagePack: an array whose first element is the type.
    /// - Throws: ``HubProtocolError``.
    init(messagePack record: [UInt8]) throws(HubProtocolError) {
        let value: JSONValue
        do {
            value = try MessagePackReader.read(record)
        } catch {
            throw HubProtocolError(message: "Error reading MessagePack.")
        }
        guard let elements = value.arrayValue, let type = elements.first?.integerValue else {
            throw HubProtocolError(message: "Reading 'type' as Int32 failed.")
        }
        switch type {
        case 1: self = .invocation(try HubInvocation(elements, isStream: false))
        case 4: self = .invocation(try HubInvocation(elements, isStream: true))
        case 6: self = .ping
        case 7: self = .close
        default: self = .other
        }
    }
}

extension HubInvocation {
    /// `[type, headers, invocationId, target, arguments, streamIds?]`
    fileprivate init(_ elements: [JSONValue], isStream: Bool) throws(HubProtocolError) {
        guard (5...6).contains(elements.count) else {
            throw HubProtocolError(message: "Reading array length for 'invocation' failed.")
        }
        let id = elements[2]
        guard id.isNull && !isStream || id.stringValue != nil else {
            throw HubProtocolError(message: "Reading 'invocationId' as String failed.")
        }
        guard let target = elements[3].stringValue, !target.isEmpty else {
            throw HubProtocolError(message: "Reading 'target' as String failed.")
        }
        guard let arguments = elements[4].arrayValue else {
            throw HubProtocolError(message: "Reading array length for 'arguments' failed.")
        }
        self.init(id: id.stringValue, target: target, arguments: arguments, isStream: isStream)
    }
}
