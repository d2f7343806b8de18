import CFFmpeg

/// Opens every decoder of the allow list once, so that whatever it initialises or loads on first use is there. A decoder that
/// needs stream parameters fails to open, which does no harm.
public func openAllCodecs() {
    Libraries.prepare()
    for name in AllowList.decoders {
        guard let codec = avcodec_find_decoder_by_name(name) else { continue }
        var context = avcodec_alloc_context3(codec)
        context?.pointee.thread_count = 1
        if context != nil { avcodec_open2(context, codec, nil) }
        avcodec_free_context(&context)
    }
}
