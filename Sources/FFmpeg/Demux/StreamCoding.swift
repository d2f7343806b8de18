import CFFmpeg

/// What a container, or the head of a stream, states of how the stream is coded.
public struct StreamCoding: Sendable {
    /// The profile of the codec, by its own numbers (H.264: `profile_idc`; AAC: the audio object type minus one); negative when it
    /// is not known.
    public let profile: Int
    /// Whether the pictures have 4:2:0 chroma, 8 bits, and the range of television.
    public let isPlainVideo: Bool
    /// Whether the transfer curve is one of high dynamic range (ITU-R BT.2100).
    public let isHighDynamicRange: Bool
    /// The mean number of frames per second; `nil` when it is not known.
    public let frameRate: Double?
    /// Bits per second; 0 when it is not known.
    public let rate: Int
    /// Whether what decoders need is in the container's head.
    public let hasHead: Bool
    /// The colours of the pictures.
    public let colours: VideoColours

    init(_ stream: AVStream, _ parameters: AVCodecParameters) {
        profile = Int(parameters.profile)
        let isVideo = parameters.codec_type == AVMEDIA_TYPE_VIDEO
        isPlainVideo =
            isVideo && parameters.format == AV_PIX_FMT_YUV420P.rawValue && parameters.color_range != AVCOL_RANGE_JPEG
        isHighDynamicRange = ToneMap.Curve(parameters.color_trc) != nil
        frameRate = Rational(stream.avg_frame_rate).value ?? Rational(stream.r_frame_rate).value
        rate = Int(parameters.bit_rate)
        hasHead = parameters.extradata_size > 0
        colours = VideoColours(parameters)
    }
}

/// The colours of coded pictures, by the code points of ITU-T H.273.
public struct VideoColours: Sendable {
    let primaries: AVColorPrimaries
    let transfer: AVColorTransferCharacteristic
    let matrix: AVColorSpace

    /// The colours in which pictures with those of `parameters` are coded: their own, or those of BT.709 for high dynamic range,
    /// which is tone-mapped, and for RGB.
    init(_ parameters: AVCodecParameters) {
        let isOwn = ToneMap.Curve(parameters.color_trc) == nil && parameters.color_space != AVCOL_SPC_RGB
        primaries = isOwn ? parameters.color_primaries : AVCOL_PRI_BT709
        transfer = isOwn ? parameters.color_trc : AVCOL_TRC_BT709
        matrix = isOwn ? parameters.color_space : AVCOL_SPC_BT709
    }

    /// The matrix as libswscale knows it; as in FFmpeg, that of BT.601 where none is stated.
    var scalerMatrix: Int32 {
        switch matrix {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_FCC: SWS_CS_FCC
        default: SWS_CS_ITU601
        }
    }
}
