internal import CCurl

extension HTTPClientError {
    /// What libcurl's result means. `message` is what it wrote about it.
    init(_ result: CURLcode, message: String) {
        let text = message.isEmpty ? String(cString: curl_easy_strerror(result)) : message
        let code: Code =
            switch result {
            case CURLE_URL_MALFORMAT: .invalidRequest
            case CURLE_COULDNT_RESOLVE_HOST: .resolve
            case CURLE_COULDNT_CONNECT: .connect
            // The total time is kept by the loop: libcurl is left with these two, which share a code.
            case CURLE_OPERATION_TIMEDOUT: text.hasPrefix("Operation too slow") ? .stalled : .connect
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
                .reset
            case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ISSUER_ERROR:
                .tls
            // URLs of other protocols do not come this far: what this one says is that the response is no HTTP.
            case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .invalidResponse
            default: .other
            }
        self.init(code, text)
    }
}
