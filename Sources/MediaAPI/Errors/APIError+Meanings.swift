extension APIError {
    /// Every code, with its meaning: the list of docs/errors.md and of descriptions.
    static let meanings: [(code: Code, meaning: String)] = [
        requestMeanings, mediaMeanings, resumableMeanings, serviceMeanings,
    ].flatMap { $0 }

    private static let requestMeanings: [(code: Code, meaning: String)] = [
        (.badRequest, "the body is not valid JSON or no valid form, or is of the wrong type"),
        (.missingField, "a field is missing"),
        (.invalidField, "a field has a value that is not accepted"),
        (.unauthorized, "the token is missing or not valid"),
        (.forbidden, "the caller may not do this, or a URL has expired"),
        (.notFound, "there is no such thing, or not for this caller"),
        (.methodNotAllowed, "the path has other methods, which the header field Allow names"),
        (.bodyTooSlow, "the body came more slowly than `DARKROOM_MIN_BODY_RATE`"),
        (.lengthRequired, "the request has to say how long its body is"),
        (.bodyTooLarge, "the body is over its limit"),
        (.limitExceeded, "a day's messages or the open uploads are used up, or there are too many webhooks"),
        (
            .rateLimited,
            "too many requests or uploaded bytes in an hour ([limits](operations.md#limits-of-requests-and-uploads)), or searches at once; `Retry-After` says when to come back"
        ),
    ]

    private static let mediaMeanings: [(code: Code, meaning: String)] = [
        (.mediaEmpty, "the file has no bytes"),
        (.mediaTooLarge, "the file is over its limit"),
        (.mediaUnsupported, "the content is of no accepted format or kind"),
        (.mediaUnreadable, "the content is damaged"),
        (.mediaTooLong, "the duration is over the limit"),
        (.mediaTooComplex, "inspecting the file would cost too much time or memory"),
        (
            .metadataLeft,
            "metadata that are to be removed may be left in the file, and the service rejects such files ([metadata](metadata.md))"
        ),
        (.infected, "the file has malware ([scanning](scanning.md))"),
        (
            .scanUnavailable,
            "the scanner did not say whether the file has malware: try again, after `Retry-After` ([scanning](scanning.md))"
        ),
    ]

    private static let resumableMeanings: [(code: Code, meaning: String)] = [
        (.offsetMismatch, "a resumable upload is at another offset: ask with HEAD, and continue there"),
        (.uploadGone, "a resumable upload has expired, or was cancelled, rejected or used up"),
        (.unsupportedVersion, "the client speaks another version of tus than 1.0.0"),
        (
            .unsupportedContentType,
            "the bytes of a resumable upload have another media type than its protocol gives them"
        ),
        (
            .uploadLocked,
            "another request has continued the resumable upload, perhaps at another node: ask with HEAD"
        ),
        (
            .idempotencyKeyReused,
            "the `Idempotency-Key` was used for another request: take a new one for each request"
        ),
        (
            .requestUnderway,
            "another request with the same `Idempotency-Key` takes long: try again, after `Retry-After`"
        ),
        (
            .digestMismatch,
            "the bytes have another SHA-256 than `Content-Digest`, `Repr-Digest` or the metadata say; nothing was stored: send them again"
        ),
        (.checksumMismatch, "the bytes have another checksum than `Upload-Checksum`: send them again"),
    ]

    private static let serviceMeanings: [(code: Code, meaning: String)] = [
        (.internalError, "a failure of the service, which is in the log"),
        (.busy, "too much is going on: try again, after `Retry-After`"),
        (.storeUnavailable, "a store does not answer: try again, after `Retry-After`"),
        (
            .translationUnavailable,
            "a message is not translated, because no engine is configured, or it does not answer"
        ),
        (
            .uploadRefused,
            "the chat server does not accept the upload ([upload.authorize](webhooks.md#authorization-of-uploads)), for the reason in the text"
        ),
        (
            .authorizationUnavailable,
            "the chat server was asked whether it accepts the upload, and did not say: try again, after `Retry-After`"
        ),
        (
            .readOnly,
            "messages can be read and not changed, while the installation is moved; try again, after `Retry-After`"
        ),
        (.storeFull, "the object store or the disk is full"),
        (.clientGone, "the client ended the request: no one receives this"),
    ]
}
