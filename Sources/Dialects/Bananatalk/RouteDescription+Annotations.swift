import OpenAPI

/// What users add to messages: reactions, corrections and translations.
extension RouteDescription {
    static let reactions = RouteDescription(
        "reactions", "Reactions", "The reactions to a message, the oldest first", parameters: [.message],
        responses: [allReactions])

    static let react = RouteDescription(
        "react", "Reactions", "Adds the caller's reaction", parameters: [.message],
        body: .json(.object([.required("emoji", .string(1...64), "One emoji.")])), responses: [allReactions])

    static let removeReaction = RouteDescription(
        "removeReaction", "Reactions", "Removes the caller's reaction",
        parameters: [.message, .path("emoji", .id, "The emoji.")], responses: [allReactions])

    static let correct = RouteDescription(
        "correct", "Corrections", "Corrects the text of a message; by the other user", parameters: [.message],
        body: .json(
            .object([
                .required("correctedText", .messageText),
                .optional("explanation", Schema.string(0...BananatalkLimits().maximumTextBytes).nullable),
            ])),
        responses: [ResponseContent(201, "The correction.", .success(.correction))])

    static let corrections = RouteDescription(
        "corrections", "Corrections", "The corrections of a message, the oldest first", parameters: [.message],
        responses: [ResponseContent(200, "The corrections.", .success(.array(of: .correction)))])

    static let acceptCorrection = RouteDescription(
        "acceptCorrection", "Corrections", "Accepts a correction; by the message's sender",
        parameters: [.message, .path("correction", .id, "The correction's ID.")],
        responses: [ResponseContent(200, "The correction.", .success(.correction))])

    static let translate = RouteDescription(
        "translate", "Translations", "Translates a message, once into each language", parameters: [.message],
        body: .json(
            .object([
                .required(
                    "targetLanguage", .string(1...BananatalkLimits().maximumLanguageBytes),
                    "An ISO language code, perhaps with a region: `pt-BR`.")
            ])),
        responses: [ResponseContent(200, "The translation.", .success(.translation))]
    )

    static let translations = RouteDescription(
        "translations", "Translations", "The translations of a message, the oldest first", parameters: [.message],
        responses: [ResponseContent(200, "The translations.", .success(.array(of: .translation)))])

    private static let allReactions = ResponseContent(200, "All reactions.", .success(.reactions))
}
