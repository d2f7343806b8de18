import JSON
import OpenAPI

extension RouteDescription {
    static let createRoom = RouteDescription(
        "createRoom", tag, "Creates a room, whose admin is the caller",
        details: "A group has a name and an `activityId`, a private room another participant.",
        body: .json(
            .object([
                .required("type", .roomType), .optional("name", roomText.nullable),
                .optional(
                    "participants",
                    Schema.array(of: .participantID, 0...RoomsLimits().maximumParticipants).nullable),
                .optional("activityId", roomText.nullable), .optional("description", roomText.nullable),
                .optional("avatar", roomText.nullable),
            ])),
        responses: [ResponseContent(201, "The room.", .success([.required("chatRoom", .room)]))])

    static let rooms = RouteDescription(
        "rooms", tag, "The caller's rooms, the latest first",
        parameters: [.page, .limit(default: RoomsLimits().defaultRooms)],
        responses: [
            ResponseContent(
                200, "A page of rooms.",
                .success(
                    [.required("chatRooms", .array(of: .room)), .required("pagination", .pagination)],
                    hasMessage: false))
        ])

    static let room = RouteDescription(
        "room", tag, "A room", parameters: [.room],
        responses: [ResponseContent(200, "The room.", .success([.required("chatRoom", .room)], hasMessage: false))])

    static let joinRoom = RouteDescription(
        "joinRoom", tag, "Makes the caller a participant",
        details: "Of a group, or of a room that the caller was invited to.", parameters: [.room],
        responses: [ResponseContent(200, "The room.", .success([.required("chatRoom", .room)]))])

    static let leaveRoom = RouteDescription(
        "leaveRoom", tag, "Removes the caller from a room", parameters: [.room],
        responses: [ResponseContent(200, "The caller has left.", .success([.required("chatRoomId", .string)]))])

    static let changeRoom = RouteDescription(
        "changeRoom", tag, "Changes a room; by its admins", parameters: [.room],
        body: .json(
            .object([
                .optional("name", Schema.string(1...RoomsLimits().maximumRoomTextBytes).nullable),
                .optional("description", roomText.nullable), .optional("avatar", roomText.nullable),
                .optional("settings", changedSettings.nullable, "What is missing stays as it is."),
            ])),
        responses: [ResponseContent(200, "The room.", .success([.required("chatRoom", .room)]))])

    static let roomStatistics = RouteDescription(
        "roomStatistics", tag, "The numbers of a room's messages and reactions, and its active users",
        parameters: [.room],
        responses: [
            ResponseContent(200, "The statistics.", .success([.required("stats", statistics)], hasMessage: false))
        ])

    static let readRoom = RouteDescription(
        "readRoom", tag, "Marks a room's messages as read by the caller", parameters: [.room],
        responses: [
            ResponseContent(
                200, "How many messages were not read before.",
                .success([.required("chatRoomId", .string), .required("markedCount", .integer)]))
        ])

    private static let tag = "Rooms"

    private static let roomText = Schema.string(0...RoomsLimits().maximumRoomTextBytes)

    private static let changedSettings = Schema.object([
        .optional("allowMediaUpload", .boolean), .optional("allowStickers", .boolean),
        .optional("allowReactions", .boolean),
        .optional("maxParticipants", .integer(1...RoomsLimits().maximumParticipants)),
    ])

    private static let statistics = Schema.object([
        .required("totalMessages", .integer),
        .required(
            "messagesByType", .array(of: .object([.required("type", .string), .required("count", .integer)]))),
        .required("totalReactions", .integer), .required("activeUsers", .array(of: .string)),
    ]).named("Statistics")
}

extension Parameter {
    /// The room of a path.
    static let room = Parameter.path("chatRoomId", .id, "The room's ID.")

    /// The number of a page.
    static let page = Parameter.query("page", Schema.integer(1...Int.max).defaulting(to: 1), "The page, from 1.")

    /// How many elements a page has.
    static func limit(default standard: Int) -> Parameter {
        .query(
            "limit", Schema.integer(1...Int.max).defaulting(to: .integer(standard)),
            "How many a page has; more than \(RoomsLimits().maximumPage) are not on one.")
    }
}
