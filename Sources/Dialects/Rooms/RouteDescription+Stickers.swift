import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    static let stickerSets = RouteDescription(
        "stickerSets", tag, "The sticker sets without their stickers, the newest first",
        parameters: [
            .page, .setLimit, .query("category", .string, "Sets of this category."),
            .query("search", .string, "Words, all of which are in the texts of a set or its stickers."),
        ],
        responses: [
            ResponseContent(
                200, "A page of sets.",
                .success(
                    [.required("stickerSets", .array(of: setOnPage)), .required("pagination", .pagination)],
                    hasMessage: false))
        ])

    static let stickerSet = RouteDescription(
        "stickerSet", tag, "A sticker set with its stickers", parameters: [.set],
        responses: [
            ResponseContent(200, "The set.", .success([.required("stickerSet", wholeSet)], hasMessage: false))
        ])

    static let stickers = RouteDescription(
        "stickers", tag, "The stickers of a set", parameters: [.set],
        responses: [
            ResponseContent(
                200, "The stickers.", .success([.required("stickers", .array(of: .sticker))], hasMessage: false))
        ])

    static let downloadStickerSet = RouteDescription(
        "downloadStickerSet", tag, "Adds a set to the caller's collections", parameters: [.set],
        responses: [ResponseContent(200, "The set.", .success([.required("stickerSet", wholeSet)]))])

    static let stickerCollections = RouteDescription(
        "stickerCollections", tag, "The sets that the caller has downloaded", parameters: [.page, .setLimit],
        responses: [
            ResponseContent(
                200, "A page of sets.",
                .success(
                    [.required("collections", .array(of: collectedSet)), .required("pagination", .pagination)],
                    hasMessage: false))
        ])

    static let searchStickers = RouteDescription(
        "searchStickers", tag, "Stickers of all sets",
        parameters: [
            .query("q", .string(1...Int.max), isRequired: true, "Words, all of which are in a sticker's texts."),
            .limit(default: RoomsLimits().defaultRooms),
        ],
        responses: [
            ResponseContent(
                200, "The stickers.", .success([.required("stickers", .array(of: .sticker))], hasMessage: false))
        ])

    static let defineStickerSet = RouteDescription(
        "defineStickerSet", tag, "Creates a set, or changes its texts; by the chat server", parameters: [.set],
        body: .json(
            .object([
                .required("name", .string(1...RoomsLimits().maximumRoomTextBytes)),
                .optional("description", Schema.string(0...RoomsLimits().maximumRoomTextBytes).nullable),
                .optional("category", stickerText.nullable),
                .optional("tags", Schema.array(of: stickerText, 0...RoomsLimits().maximumTags).nullable),
            ])),
        responses: [ResponseContent(200, "The set.", .success([.required("stickerSet", wholeSet)]))])

    static let deleteStickerSet = RouteDescription(
        "deleteStickerSet", tag, "Deletes a set; by the chat server", parameters: [.set],
        responses: [ResponseContent(200, "The set is deleted.", .success([.required("setId", .string)]))])

    static let addSticker = RouteDescription(
        "addSticker", tag, "Adds a sticker, or replaces the one of its ID; by the chat server", parameters: [.set],
        body: .form(
            .object([
                .required("file", .file, "A picture."), .required("stickerId", .participantID),
                .optional("stickerType", .stickerType, "Without it `static`."), .optional("name", stickerText),
                .optional("tags", .string, "At most \(RoomsLimits().maximumTags), with commas between them."),
            ])),
        responses: [ResponseContent(201, "The sticker.", .success([.required("sticker", .sticker)]))]
    ).validatingMedia

    static let deleteSticker = RouteDescription(
        "deleteSticker", tag, "Deletes a sticker; by the chat server",
        parameters: [.set, .path("stickerId", .id, "The sticker's ID.")],
        responses: [
            ResponseContent(
                200, "The sticker is deleted.",
                .success([.required("setId", .string), .required("stickerId", .string)]))
        ])

    private static let tag = "Stickers"

    private static let stickerText = Schema.string(0...RoomsLimits().maximumStickerTextBytes)

    private static let setMembers: [Schema.Property] = [
        .required("_id", .string), .required("name", .string), .required("description", Schema.string.nullable),
        .required("category", Schema.string.nullable), .required("tags", .array(of: .string)),
        .required("thumbnail", Schema.url.nullable), .required("stickerCount", .integer),
        .required("createdAt", .date), .required("updatedAt", .date),
    ]

    private static let setOnPage = Schema.object(setMembers).named("StickerSetOnPage")

    private static let wholeSet = Schema.object(
        setMembers + [.required("stickers", .array(of: .sticker))]
    ).named("StickerSet")

    private static let collectedSet = Schema.object(
        setMembers + [.required("stickers", .array(of: .sticker)), .required("downloadedAt", .date)]
    ).named("CollectedStickerSet")
}

extension Parameter {
    /// The sticker set of a path.
    fileprivate static let set = Parameter.path("setId", .id, "The set's ID.")

    fileprivate static let setLimit: Parameter = {
        let standard = RoomsLimits().maximumSetsOnPage
        return .query(
            "limit", Schema.integer(1...Int.max).defaulting(to: .integer(standard)),
            "How many a page has; more than \(standard) are not on one.")
    }()
}
