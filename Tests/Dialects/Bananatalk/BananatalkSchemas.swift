import JSON

/// The interfaces `Message` and `Conversation` of the reference as MongoDB validates documents.
enum BananatalkSchemas {
    private static let id: JSONValue = ["bsonType": ["objectId", "string"]]
    private static let string: JSONValue = ["bsonType": "string"]
    private static let bool: JSONValue = ["bsonType": "bool"]
    private static let number: JSONValue = ["bsonType": "number"]
    private static let date: JSONValue = ["bsonType": "date"]
    private static let dateOrNull: JSONValue = ["bsonType": ["date", "null"]]

    private static func object(_ required: JSONObject, _ optional: JSONObject = [:]) -> JSONValue {
        [
            "bsonType": "object", "required": .array(required.keys.sorted().map(JSONValue.string)),
            "properties": .object(required.merging(optional) { own, _ in own }),
        ]
    }

    private static func array(_ items: JSONValue) -> JSONValue { ["bsonType": "array", "items": items] }

    private static func choice(_ values: [String]) -> JSONValue { ["enum": .array(values.map(JSONValue.string))] }

    private static let correction = object([
        "_id": id, "corrector": id, "originalText": string, "correctedText": string, "explanation": string,
        "createdAt": date, "isAccepted": bool,
    ])

    static let message = object(
        [
            "_id": id, "sender": id, "receiver": id, "message": string,
            "messageType": choice(["text", "media", "voice", "poll", "location", "contact", "sticker", "system"]),
            "read": bool, "readAt": dateOrNull, "createdAt": date, "updatedAt": date,
            "reactions": array(object(["user": id, "emoji": string])), "isForwarded": bool, "isEdited": bool,
            "isDeleted": bool, "pinned": bool, "corrections": array(correction),
            "translations": array(
                object([
                    "language": string, "translatedText": string, "translatedAt": date,
                    "provider": ["enum": ["google", "deepl", "papago", nil]],
                ])),
            "mentions": array(object(["user": id, "username": string, "startIndex": number, "endIndex": number])),
        ],
        [
            "media": object(
                ["type": choice(["image", "video", "document", "audio", "voice", "location"])],
                [
                    "url": string, "thumbnail": string, "fileName": string, "fileSize": number, "mimeType": string,
                    "duration": number, "dimensions": object(["width": number, "height": number]),
                    "waveform": array(number),
                    "location": object(
                        ["latitude": number, "longitude": number], ["address": string, "placeName": string]),
                ]),
            "replyTo": id,
            "selfDestruct": object(
                ["enabled": bool, "destructAfterRead": bool, "destructTimer": number],
                ["expiresAt": date, "destructAt": date]),
            "forwardedFrom": object(["sender": id, "messageId": id, "originalMessage": string]),
            "editedAt": date, "deletedAt": date, "pinnedAt": date, "pinnedBy": id, "poll": id,
        ])

    static let poll = object(
        [
            "_id": id, "message": id, "conversation": id, "creator": id, "question": string,
            "options": array(
                object(["text": string, "votes": array(object(["user": id, "votedAt": date])), "voteCount": number])),
            "settings": object([
                "allowMultipleVotes": bool, "maxVotesPerUser": number, "isAnonymous": bool,
                "showResultsBeforeVote": bool, "allowAddOptions": bool, "isQuiz": bool,
            ]), "status": choice(["active", "closed", "expired"]), "totalVotes": number, "uniqueVoters": number,
            "createdAt": date,
        ], ["expiresAt": date, "closedAt": date, "closedBy": id])

    static let conversation = object(
        [
            "_id": id, "participants": array(id), "lastMessage": ["bsonType": ["objectId", "string", "null"]],
            "lastMessageAt": dateOrNull, "unreadCount": array(object(["user": id, "count": number])), "isGroup": bool,
            "mutedBy": array(object(["user": id, "mutedUntil": dateOrNull, "mutedAt": dateOrNull])),
            "archivedBy": array(id), "pinnedBy": array(object(["user": id, "pinnedAt": date])),
            "theme": object(
                [
                    "preset": choice(["default", "dark", "light", "blue", "pink", "green", "custom"]),
                    "fontSize": choice(["small", "medium", "large"]),
                ],
                [
                    "backgroundUrl": string, "backgroundColor": string, "senderBubbleColor": string,
                    "receiverBubbleColor": string,
                ]),
            "nicknames": array(object(["user": id, "nickname": string, "setBy": id, "setAt": date])),
            "quickReplies": array(object(["_id": id, "text": string, "createdBy": id, "useCount": number])),
            "isSecret": bool, "languageSettings": object(["enableCorrections": bool, "autoTranslate": bool]),
            "createdAt": date, "updatedAt": date,
        ],
        [
            "groupName": string, "groupAvatar": string,
            "secretChatSettings": object(
                [
                    "defaultDestructTimer": number, "preventScreenshots": bool, "requireAuthentication": bool,
                    "createdAt": date,
                ], ["encryptionKeyId": string]),
        ])
}
