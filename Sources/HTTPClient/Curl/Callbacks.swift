internal import CCurl
internal import Glibc

// What libcurl calls on the loop's thread, each with the transfer as its context.

func sendBody(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let transfer = transfer(context), transfer.body != nil else { return darkroom_curl_send_abort }
    return transfer.body?.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count)) ?? 0
}

/// A connection that was kept open may turn out to be closed when half of the body was written to it.
func seekBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard origin == 0, transfer(context)?.body?.seek(to: Int(offset)) == true else { return CURL_SEEKFUNC_FAIL }
    return CURL_SEEKFUNC_OK
}

func receiveHeaderLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = transfer(context) else { return 0 }
    switch transfer.head.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
    case .more: break
    case .head(let head): transfer.sink.receive(head: head)
    case .failed(let error):
        transfer.callbackFailure = error
        return -1
    }
    return size * count
}

func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = transfer(context) else { return 0 }
    switch transfer.sink.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
    case .accepted: return size * count
    case .pause: return darkroom_curl_receive_pause
    case .rejected(let error):
        transfer.callbackFailure = error
        return 0
    }
}

/// Opens a socket for a connection to a public address. The address is the one that the connection is made to, so that no name can
/// have another one by then.
func openPublicSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else {
        return darkroom_curl_no_socket
    }
    // The address may be longer than its generic type.
    let bytes = UnsafeRawBufferPointer(
        start: UnsafeRawPointer(address) + offset, count: Int(address.pointee.addrlen))
    let isPublic = PublicAddress.isPublic(bytes, isIPv6: address.pointee.family == AF_INET6)
    guard isPublic else {
        transfer(context)?.callbackFailure = HTTPClientError(
            .invalidRequest, "The host has a private address, which is not allowed.")
        return darkroom_curl_no_socket
    }
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, type, address.pointee.protocol)
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}
