import ChatBridge
package import JSON
package import OpenAPI

/// The descriptions of the events of a service: of the webhooks, and of the socket of each dialect.
package struct EventDescriptions: Sendable {
    /// An API with events.
    package struct API: Sendable {
        /// The name: `native` for the webhooks, or that of a dialect.
        package let name: String
        /// The path below which the channel is; empty for the native API.
        package let prefix: String
        /// Where the events are sent.
        package let channel: ChannelDescription
    }

    /// The APIs, the native one first.
    package let apis: [API]
    private let publicURL: String
    private let version: String

    /// The descriptions of a service.
    /// - Parameters:
    ///   - publicURL: the URL of the service.
    ///   - version: the version of the program.
    package init(dialects: [any DialectModule.Type], publicURL: String, version: String) {
        let sockets = dialects.map {
            API(name: $0.dialect.rawValue, prefix: "/" + $0.dialect.rawValue, channel: $0.socket)
        }
        apis = [API(name: ServiceDescriptions.native, prefix: "", channel: .webhooks)] + sockets
        self.publicURL = publicURL
        self.version = version
    }

    /// The description of an API's events (AsyncAPI 3.0); `nil` where no API is called so.
    package func document(_ name: String) -> JSONValue? {
        guard let api = apis.first(where: { $0.name == name }) else { return nil }
        let isNative = name == ServiceDescriptions.native
        let description = AsyncAPIDescription(
            title: isNative ? "Darkroom: webhooks" : "Darkroom: events of \(name)", version: version,
            text: isNative
                ? "The events that Darkroom sends to other servers, by signed requests."
                : "The events of the chat system \(name), in both directions.",
            url: publicURL + api.prefix, security: ServiceDescriptions.security.filter { $0.key == "userToken" },
            channel: api.channel)
        return description.json
    }
}
