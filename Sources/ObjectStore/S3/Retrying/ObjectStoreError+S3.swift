internal import HTTPClient

extension ObjectStoreError {
    /// What a failure means for the object `key`.
    init(_ failure: S3Failure, key: ObjectKey?) {
        let place = key.map { " for the object \($0)" } ?? ""
        switch failure.kind {
        case .response(404, let code, _) where code != "NoSuchBucket":
            self.init(.notFound, "There is no such object\(place): it was deleted, or never completed.", cause: failure)
        case .response(507, _, _), .response(_, "QuotaExceeded", _), .response(_, "EntityTooLarge", _):
            self.init(.outOfSpace, "The object store has no space\(place).", cause: failure)
        case _ where failure.isCancellation:
            self.init(.unavailable, "The request to the object store\(place) was cancelled.", cause: failure)
        default:
            self.init(
                .unavailable, failure.remedy ?? "The object store fails\(place): the same call may succeed later.",
                cause: failure)
        }
    }
}

extension S3Failure {
    /// What an operator should check, if that is known.
    var remedy: String? {
        switch kind {
        case .transport(let error) where error.code == .tls:
            "The object store's certificate is not trusted: check DARKROOM_S3_ENDPOINT and DARKROOM_S3_CA_FILE."
        case .transport(let error) where [.resolve, .connect].contains(error.code):
            "The object store cannot be reached: check DARKROOM_S3_ENDPOINT."
        case .transport(let error) where [.timeout, .stalled, .reset].contains(error.code):
            "The object store does not answer, or breaks off: check DARKROOM_S3_ENDPOINT, and that the store is running."
        case .transport: nil
        case .credentials(let error): error.message
        case .response(_, "InvalidAccessKeyId", _):
            "The object store does not know the access key: check AWS_ACCESS_KEY_ID."
        case .response(_, "SignatureDoesNotMatch", _):
            "The object store rejects the signature: check AWS_SECRET_ACCESS_KEY, which does not belong to AWS_ACCESS_KEY_ID."
        case .response(_, let code, _) where ["ExpiredToken", "InvalidToken", "TokenRefreshRequired"].contains(code):
            "The object store rejects the session token: check AWS_SESSION_TOKEN, or the role's credentials."
        case .response(_, "NoSuchBucket", _):
            "There is no such bucket: check DARKROOM_S3_BUCKET, and create it if it does not exist."
        case .response(_, let code, _)
        where ["AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException"].contains(code):
            "The bucket is in another region: check DARKROOM_S3_REGION."
        case .response(301, _, _), .response(307, _, _), .response(308, _, _):
            "The bucket is elsewhere: check DARKROOM_S3_ENDPOINT and DARKROOM_S3_REGION."
        case .response(_, "RequestTimeTooSkewed", _):
            "The object store's clock and this machine's are too far apart: set them right."
        case .response(401, _, _), .response(403, _, _):
            "The object store denies access: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do with "
                + "DARKROOM_S3_BUCKET."
        case .response, .malformedResponse: nil
        }
    }
}
