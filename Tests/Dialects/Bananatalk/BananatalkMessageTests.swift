import Bytes
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import HTTPServer
import JSON
import MediaModel
import TestSupport
import Testing

@testable import Bananatalk
@testable import ChatBridge
@testable import MediaAPI

struct BananatalkMessageTests {
    @Test("a video is answered as the reference shows, and both users are notified")
    func video() async throws {
        let fixture = try BananatalkFixture()
        try await fixture.base.store.upsert(ChatUser(id: "ann", name: "Ann", images: ["https://example.com/a.jpg"]))
        let data = try await fixture.service.sendVideo(
            from: fixture.ann, to: "bob", media: .video("bananatalk/v.mp4"),
            with: BananatalkMessageContent(text: "Look!"))
        let expected: JSONValue = [
            "_id": data["_id"] ?? .null,
            "sender": ["_id": "ann", "name": "Ann", "images": ["https://example.com/a.jpg"]],
            "receiver": ["_id": "bob", "name": "bob", "images": []],
            "message": "Look!", "messageType": "media", "read": false, "readAt": nil,
            "createdAt": "2024-01-15T10:30:00.000Z", "updatedAt": "2024-01-15T10:30:00.000Z",
            "media": [
                "url": "https://media.example/bananatalk/v.mp4?signed", "type": "video",
                "thumbnail": "https://media.example/bananatalk/v.mp4-thumb.jpg?signed", "duration": 45.5,
                "mimeType": "video/mp4", "fileSize": 15_000_000, "fileName": "holiday.mp4",
                "dimensions": ["width": 1920, "height": 1080],
            ],
            "reactions": [], "corrections": [], "translations": [], "mentions": [],
            "isForwarded": false, "isEdited": false, "isDeleted": false, "pinned": false,
        ]
        #expect(data == expected)
        #expect(ObjectID(try #require(data["_id"]?.stringValue)) != nil)
        #expect(
            try await fixture.outbox() == [
                #"bob newMessage {"senderId":"ann","unreadCount":1}"#,
                #"ann messageSent {"receiverId":"bob","unreadCount":0}"#,
            ])
    }

    @Test("a voice message has its type, duration and waveform, and a voice event as well")
    func voice() async throws {
        let fixture = try BananatalkFixture()
        let data = try await fixture.service.sendVoice(from: fixture.ann, to: "bob", media: .voice("v.m4a"))
        #expect(data["messageType"] == "voice")
        #expect(data["media"]?["type"] == "voice")
        #expect(data["media"]?["duration"] == 15.3)
        #expect(data["media"]?["waveform"] == [0.1, 0.3, 0.5, 0.8, 1.0])
        #expect(data["media"]?["thumbnail"] == nil)
        #expect(
            try await fixture.outbox() == [
                #"bob newMessage {"senderId":"ann","unreadCount":1}"#, #"bob newVoiceMessage {"duration":15.3}"#,
                #"ann messageSent {"receiverId":"bob","unreadCount":0}"#,
            ])
    }

    @Test("a location is where the reference's model has it")
    func location() async throws {
        let fixture = try BananatalkFixture()
        let data = try await fixture.service.send(
            [
                "receiver": "bob",
                "location": [
                    "latitude": 37.7749, "longitude": -122.4194, "address": "San Francisco, CA",
                    "placeName": "Golden Gate Park",
                ],
            ], from: fixture.ann)
        #expect(data["messageType"] == "location")
        #expect(data["media"]?["type"] == "location")
        #expect(data["media"]?["location"]?["latitude"] == 37.7749)
        #expect(data["media"]?["location"]?["placeName"] == "Golden Gate Park")
    }

    @Test("a file that is sent with a location shows both", arguments: ["video", "voice", "attachment"])
    func fileWithPlace(kind: String) async throws {
        let fixture = try BananatalkFixture()
        let first = try await fixture.text(from: fixture.bob, to: "ann")
        let place = ChatLocation(latitude: 37.7749, longitude: -122.4194, placeName: "Golden Gate Park")
        let content = BananatalkMessageContent(text: "here", replyTo: first, location: place)
        let (service, ann) = (fixture.service, fixture.ann)
        let data =
            switch kind {
            case "video": try await service.sendVideo(from: ann, to: "bob", media: .video("v.mp4"), with: content)
            case "voice": try await service.sendVoice(from: ann, to: "bob", media: .voice("v.m4a"), with: content)
            default: try await service.sendAttachment(from: ann, to: "bob", media: .video("v.mp4"), with: content)
            }
        let id = try #require(data["_id"]?.stringValue)
        for shown in [data, try await service.message(id, for: fixture.bob)] {
            #expect(shown["message"] == "here" && shown["replyTo"]?["_id"] == .string(first))
            #expect(shown["media"]?["url"] != nil && shown["media"]?["type"] == (kind == "voice" ? "voice" : "video"))
            #expect(
                shown["media"]?["location"] == [
                    "latitude": 37.7749, "longitude": -122.4194, "placeName": "Golden Gate Park",
                ])
        }
        let nowhere = BananatalkMessageContent(location: ChatLocation(latitude: 91, longitude: 0))
        let rejected = await code {
            try await service.sendVideo(from: ann, to: "bob", media: .video("w"), with: nowhere)
        }
        #expect(rejected == .invalidRequest)
    }

    @Test("a page begins and ends at messages of its conversation; others are as unknown as missing ones")
    func bounds() async throws {
        let fixture = try BananatalkFixture()
        let (service, ann) = (fixture.service, fixture.ann)
        let own = try await fixture.text(from: ann, to: "bob")
        let latest = try await fixture.text(from: ann, to: "bob")
        let ofOthers = try await fixture.text(from: fixture.bob, to: "cid")
        let ownElsewhere = try await fixture.text(from: ann, to: "cid")
        func rejection(with other: String, before: String? = nil, after: String? = nil) async -> String? {
            do {
                _ = try await service.conversation(of: "ann", and: other, for: ann, before: before, after: after)
                return nil
            } catch { return "\((error as? ChatError)?.code.rawValue ?? "") \((error as? ChatError)?.message ?? "")" }
        }
        // Eve and Ann have no conversation.
        for other in ["bob", "eve"] {
            for id in [ofOthers, ownElsewhere, "65a50b280102030405fffffe"] {
                #expect(await rejection(with: other, before: id) == "invalid_request `before` names no message")
                #expect(await rejection(with: other, after: id) == "invalid_request `after` names no message")
            }
        }
        #expect(await rejection(with: "bob", before: own) == nil)
        #expect(await rejection(with: "bob", after: own) == nil)
        let page = try await service.conversation(of: "ann", and: "bob", for: ann, after: own)
        #expect(page.items.map { $0["_id"] } == [.string(latest)])
    }

    @Test("a medium without a thumbnail says so")
    func noThumbnail() async throws {
        let fixture = try BananatalkFixture()
        var media = MediaRecord.video("v.mp4")
        media.thumbnailKey = nil
        let data = try await fixture.service.sendAttachment(from: fixture.ann, to: "bob", media: media)
        #expect(data["media"]?["thumbnail"] == .null)
    }

    @Test("what cannot be sent is rejected with its code")
    func rejections() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let ann = fixture.ann
        let bodies: [(JSONValue, ChatError.Code)] = [
            ([:], .invalidReceiver), (["receiver": "bob"], .emptyMessage),
            (["receiver": "bob", "message": "  \n"], .emptyMessage),
            (["receiver": "ann", "message": "hi"], .invalidReceiver),
            (["receiver": "b\u{0}b", "message": "hi"], .invalidReceiver),
            (["receiver": .string(String(repeating: "b", count: 129)), "message": "hi"], .invalidReceiver),
            (["receiver": 7, "message": "hi"], .invalidRequest),
            (["receiver": "bob", "message": ["hi"]], .invalidRequest),
            (["receiver": "bob", "message": .string(String(repeating: "x", count: 16_385))], .textTooLong),
            (["receiver": "bob", "location": ["latitude": 91, "longitude": 0]], .invalidRequest),
            (["receiver": "bob", "location": ["latitude": "1", "longitude": 0]], .invalidRequest),
            (["receiver": "bob", "location": "here"], .invalidRequest),
            (["receiver": "bob", "message": "hi", "replyTo": "nothing"], .messageNotFound), ("hi", .invalidRequest),
        ]
        for (body, expected) in bodies {
            #expect(await code { try await service.send(body, from: ann) } == expected, "\(body)")
        }
        #expect(try await fixture.outbox().isEmpty)
    }

    @Test("a used-up daily allowance is answered with the reference's text and numbers")
    func limit() async throws {
        var limits = BananatalkLimits()
        limits.allowance = DailyAllowance(regular: 2, visitor: 1)
        let fixture = try BananatalkFixture(limits: limits)
        _ = try await fixture.text(from: fixture.ann, to: "bob")
        try await fixture.service.checkAllowance(of: fixture.ann)
        _ = try await fixture.text(from: fixture.ann, to: "cid")
        let error = await thrown(ChatError.self) {
            try await fixture.service.sendText(from: fixture.ann, to: "bob", text: "more")
        }
        #expect(await code { try await fixture.service.checkAllowance(of: fixture.ann) } == .limitExceeded)
        let response = BananatalkErrors(limits: limits).response(for: APIError(try #require(error)))
        guard case .bytes(let body) = response.body else {
            Issue.record("a response without a body")
            return
        }
        #expect(
            try JSONValue(parsing: [UInt8](body)) == [
                "success": false, "error": "Daily message limit exceeded. Used 2/2. Resets at midnight.",
                "type": "limit_exceeded", "details": ["current": 2, "max": 2, "resetTime": "2024-01-16T00:00:00Z"],
            ])
    }

    @Test(
        "a video over the limits is answered with the reference's errors",
        arguments: [(720.0, 720), (601.2, 601), (600.2, 601), (1e300, 1_000_000_000)])
    func videoErrors(duration: Double, seconds: Int) {
        let limits = BananatalkLimits()
        #expect(
            BananatalkEnvelope.videoTooLong(duration: duration, limits: limits) == [
                "success": false, "error": "Video duration (\(seconds)s) exceeds maximum of 600 seconds (10 minutes)",
                "maxDuration": 600,
            ])
        #expect(
            BananatalkEnvelope.videoTooLarge(limits: limits)
                == ["success": false, "error": "Video size exceeds maximum limit of 1024MB"])
    }

    @Test("a client can check a video before it sends it")
    func videoConfiguration() throws {
        let data = try BananatalkFixture().service.videoConfiguration
        #expect(data["maxFileSize"] == 1_073_741_824)
        #expect(data["maxDuration"] == 600)
        #expect(data["allowedFormats"] == ["MP4", "MOV", "AVI", "WebM", "3GP", "M4V"])
    }
}
