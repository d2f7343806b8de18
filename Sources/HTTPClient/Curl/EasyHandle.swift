internal import CCurl

/// Owns one of libcurl's easy handles and what has to live as long as its options. Used on the loop's thread alone.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(list)
        errorText.deallocate()
    }

    /// libcurl's message about its last failure.
    var errorMessage: String { String(cString: errorText) }

    /// Forgets every option; connections stay open.
    func reset() {
        curl_easy_reset(pointer)
        curl_slist_free_all(list)
        list = nil
    }

    /// Prepares `transfer`, which must outlive the time that the handle is added to a multi handle.
    func prepare(_ transfer: Transfer, _ configuration: HTTPClientConfiguration) {
        let request = transfer.request
        errorText[0] = 0
        set(CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_PROXY, "")
        // Timeouts without signals, which belong to whole processes.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_USERAGENT, configuration.userAgent)
        if let caFile = configuration.caFile { set(CURLOPT_CAINFO, caFile) }
        set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.milliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, request.timeouts.stallBytesPerSecond)
        set(CURLOPT_LOW_SPEED_TIME, max(1, request.timeouts.stall.milliseconds / 1000))
        if transfer.sink.isStreamed { set(CURLOPT_BUFFERSIZE, 256 << 10) }
        prepareMethod(request, transfer.body, configuration)
        prepareHeaders(request.headers)
        prepareCalls(transfer)
        if configuration.requiresPublicAddresses {
            set(CURLOPT_OPENSOCKETDATA, Unmanaged.passUnretained(transfer).toOpaque())
            darkroom_curl_set_open(pointer, openPublicSocket)
        }
    }

    private func prepareMethod(
        _ request: HTTPClientRequest, _ body: UploadCursor?, _ configuration: HTTPClientConfiguration
    ) {
        if let body {
            set(CURLOPT_UPLOAD, 1)
            darkroom_curl_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(body.count))
            // Small bodies need no more than libcurl's usual 64 KB.
            if body.count > 64 << 10 { set(CURLOPT_UPLOAD_BUFFERSIZE, configuration.uploadBufferSize) }
        }
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) } else { set(CURLOPT_CUSTOMREQUEST, request.method) }
    }

    private func prepareHeaders(_ headers: HTTPClientHeaders) {
        // Waiting for a 100 would cost a round trip for every part.
        for line in ["Expect:", "Accept:"] { list = curl_slist_append(list, line) }
        for field in headers.fields {
            // A name with nothing behind the colon would remove the line.
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            list = curl_slist_append(list, line)
        }
        darkroom_curl_set_list(pointer, CURLOPT_HTTPHEADER, list)
    }

    private func prepareCalls(_ transfer: Transfer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        set(CURLOPT_PRIVATE, context)
        set(CURLOPT_READDATA, context)
        set(CURLOPT_SEEKDATA, context)
        set(CURLOPT_HEADERDATA, context)
        set(CURLOPT_WRITEDATA, context)
        darkroom_curl_set_send(pointer, sendBody)
        darkroom_curl_set_seek(pointer, seekBody)
        darkroom_curl_set_receive(pointer, CURLOPT_HEADERFUNCTION, receiveHeaderLine)
        darkroom_curl_set_receive(pointer, CURLOPT_WRITEFUNCTION, receiveBody)
    }

    private func set(_ option: CURLoption, _ value: Int) { darkroom_curl_set_long(pointer, option, value) }
    private func set(_ option: CURLoption, _ value: String) { darkroom_curl_set_text(pointer, option, value) }
    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        darkroom_curl_set_pointer(pointer, option, value)
    }
}

extension Duration {
    /// Whole milliseconds, at least 1.
    var milliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
