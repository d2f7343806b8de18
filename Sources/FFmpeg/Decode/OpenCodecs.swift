import CFFmpeg

/// Opens every decoder of the list once, so that whatever they make or load at first use is there. One that wants to know
/// its stream first refuses, which is as good.
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
