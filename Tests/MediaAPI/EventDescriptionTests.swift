import ChatBridge
import JSON
import Testing

@testable import Darkroom
@testable import MediaAPI
@testable import OpenAPI

@Suite("Descriptions of events")
struct EventDescriptionTests {
    private let descriptions = EventDescriptions(
        dialects: DialectModules.all, publicURL: "https://media.example.org:8443/chat", version: "1")

    @Test("the webhooks that are described, also for HTTP, are all kinds of events, and the question about an upload")
    func webhooks() throws {
        let kinds = Set(WebhookKind.allCases.map(\.rawValue)).union(["upload.authorize"])
        #expect(Set(ChannelDescription.webhooks.names(from: .service)) == kinds)
        #expect(ChannelDescription.webhooks.names(from: .client) == [])
        let native = try #require(try DescribedService.make().descriptions.document(ServiceDescriptions.native))
        #expect(Set(native["webhooks"]?.objectValue?.keys ?? []) == kinds)
        let document = try #require(descriptions.document(ServiceDescriptions.native))
        #expect(document["servers"] == nil)
        #expect(document["channels"]?["webhooks"]?["address"] == .null)
        for kind in kinds {
            let key = "service-" + kind.replacing(".", with: "-")
            let message = document["components"]?["messages"]?[key]
            #expect(message?["name"]?.stringValue == kind)
            #expect(message?["payload"]?["properties"]?["type"] == ["const": .string(kind)])
            #expect(document["operations"]?[key]?["action"] == "send")
        }
    }

    @Test("a chat system's events are received or sent, at its path on the public URL, and acknowledged as they are")
    func dialects() throws {
        for module in DialectModules.all {
            let name = module.dialect.rawValue
            let document = try #require(descriptions.document(name))
            let server = document["servers"]?["service"]
            #expect(server?["host"] == "media.example.org:8443" && server?["protocol"] == "wss")
            #expect(server?["pathname"]?.stringValue == "/chat/\(name)")
            for event in module.socket.events {
                let operation = document["operations"]?[event.key]
                #expect(operation?["action"]?.stringValue == (event.sender == .service ? "send" : "receive"))
                #expect((operation?["reply"] == nil) == (event.reply == nil), "\(name): \(event.name)")
            }
            let count = document["operations"]?.objectValue?.count
            #expect(count == module.socket.events.count, "\(name): two events have the same key")
        }
        #expect(descriptions.document("nothing") == nil)
    }

    @Test("no description refers to what it does not have")
    func references() throws {
        for api in descriptions.apis {
            let document = try #require(descriptions.document(api.name))
            let text = String(decoding: document.encoded(), as: UTF8.self)
            for match in text.matches(of: #/"\$ref":"#/([^"]+)"/#) {
                var value: JSONValue? = document
                for part in match.output.1.split(separator: "/") { value = value?[String(part)] }
                #expect(value != nil, "\(api.name): \(match.output.1)")
            }
        }
    }
}
