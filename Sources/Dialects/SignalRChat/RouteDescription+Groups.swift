import ChatBridge
import JSON
import OpenAPI

extension RouteDescription {
    static let makeGroup = RouteDescription(
        "makeGroup", tag, "Creates a group, whose admin is the caller",
        body: .json(
            .object(
                [
                    .required("name", name), .required("participantIds", users(atMost: maximumMembers - 1)),
                ] + texts)),
        responses: [ResponseContent(201, "The group.", .success(.newConversation))])

    static let changeGroup = RouteDescription(
        "changeGroup", tag, "Changes a group; by its admins", details: "At least one of the fields is there.",
        parameters: [.conversation], body: .json(.object([.optional("name", name.nullable)] + texts)),
        responses: [
            ResponseContent(
                200, "What the group is called now.",
                .success(
                    .object([
                        .required("_id", .string), .required("name", .string),
                        .required("description", Schema.string.nullable), .optional("avatarUrl", .string),
                        .required("updatedAt", .date),
                    ])))
        ])

    static let addParticipants = RouteDescription(
        "addParticipants", tag, "Adds users to a group; by its admins", parameters: [.conversation],
        body: .json(.object([.required("participantIds", users(atMost: maximumMembers))])),
        responses: [
            ResponseContent(
                200, "Those who are new.",
                .success(
                    .object([
                        .required("conversationId", .string),
                        .required("addedParticipants", .array(of: .addedParticipant)),
                        .required("participantsCount", .integer),
                    ])))
        ])

    static let removeParticipant = RouteDescription(
        "removeParticipant", tag, "Removes a user from a group; by its admins",
        parameters: [.conversation, .path("user", .id, "The user's ID.")],
        responses: [
            ResponseContent(
                200, "The user is removed.",
                .success(
                    .object([
                        .required("conversationId", .string), .required("removedUserId", .string),
                        .required("participantsCount", .integer),
                    ])))
        ])

    static let leave = RouteDescription(
        "leaveGroup", tag, "Removes the caller from a group, which is deleted with its last member",
        parameters: [.conversation],
        responses: [
            ResponseContent(
                200, "The caller has left.",
                .success(.object([.required("conversationId", .string), .required("leftAt", .date)])))
        ])

    private static let tag = "Groups"

    private static let maximumMembers = SignalRLimits().rules.maximumMembers

    private static let name = Schema.string(1...SignalRLimits().maximumNameBytes)

    private static let texts: [Schema.Property] = {
        let text = Schema.string(0...SignalRLimits().maximumDescriptionBytes).nullable
        return [.optional("description", text), .optional("avatarUrl", text, "An address of the web.")]
    }()

    private static func users(atMost limit: Int) -> Schema {
        .array(of: .string(1...ChatIdentifier.maximumBytes), 1...limit)
    }
}
