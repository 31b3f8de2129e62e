extension RecordPlaces {
    // By UPDATE=1, see GoldenPlacesTests.
    static let text = """
        : ip ipv6 tcp frame bitcoin.message bitcoin.peer bitcoin
        ip: ip.src ip.dst
        ipv6: ipv6.src ipv6.dst
        tcp: tcp.srcport tcp.dstport tcp.stream tcp.seq tcp.len
        frame: frame.number frame.time frame.time_epoch frame.time_relative frame.len frame.file frame.interface_id
        frame: frame.interface_name frame.comment[]
        bitcoin.message: bitcoin.message.number bitcoin.message.direction bitcoin.message.length bitcoin.frames
        bitcoin.message: bitcoin.frame[] bitcoin.late_record
        bitcoin.peer: bitcoin.peer.version bitcoin.peer.services bitcoin.peer.user_agent
        bitcoin: bitcoin.magic bitcoin.command bitcoin.length bitcoin.checksum bitcoin.checksum.status
        bitcoin: bitcoin.checksum.calculated bitcoin.capture.time bitcoin.missing bitcoin.skipped bitcoin.captured
        bitcoin: bitcoin.v2 bitcoin.found[] bitcoin.gap bitcoin.retransmission bitcoin.fragment_conflict
        bitcoin: bitcoin.response_to[] bitcoin.response_time[] bitcoin.response_in[] bitcoin.request.outcome[]
        bitcoin: bitcoin.announced_in bitcoin.first_announced_in bitcoin.first_announced_by bitcoin.cmpctblock.seen
        bitcoin: bitcoin.cmpctblock.ambiguous bitcoin.close bitcoin.command.unknown bitcoin.service bitcoin.version
        bitcoin: bitcoin.verack bitcoin.wtxidrelay bitcoin.sendaddrv2 bitcoin.sendtxrcncl bitcoin.addr bitcoin.addrv2
        bitcoin: bitcoin.getaddr bitcoin.inv bitcoin.getdata bitcoin.notfound bitcoin.getblocks bitcoin.getheaders
        bitcoin: bitcoin.headers bitcoin.block bitcoin.tx bitcoin.mempool bitcoin.ping bitcoin.pong bitcoin.filterload
        bitcoin: bitcoin.filteradd bitcoin.filterclear bitcoin.merkleblock bitcoin.sendheaders bitcoin.feefilter
        bitcoin: bitcoin.sendcmpct bitcoin.cmpctblock bitcoin.getblocktxn bitcoin.blocktxn bitcoin.getcfilters
        bitcoin: bitcoin.cfilter bitcoin.getcfheaders bitcoin.cfheaders bitcoin.getcfcheckpt bitcoin.cfcheckpt
        bitcoin: bitcoin.alert bitcoin.reject bitcoin.checkorder bitcoin.submitorder bitcoin.reply bitcoin.review
        bitcoin: bitcoin.subscribe bitcoin.sub_cancel bitcoin.publish bitcoin.pub_cancel bitcoin.reqrecon
        bitcoin: bitcoin.sketch bitcoin.reqsketchext bitcoin.reconcildiff bitcoin.sendpackages bitcoin.ancpkginfo
        bitcoin: bitcoin.getpkgtxns bitcoin.pkgtxns bitcoin.disabletx bitcoin.feature bitcoin.getutxos bitcoin.utxos
        bitcoin: bitcoin.getoutputs bitcoin.outputs bitcoin.getspend bitcoin.spend bitcoin.encinit bitcoin.encack
        bitcoin: bitcoin.challenge bitcoin.solution bitcoin.dandeliontx bitcoin.getfraud bitcoin.fraud
        bitcoin: bitcoin.sendtemplate bitcoin.gettemplate bitcoin.template bitcoin.getutxotree bitcoin.utxotree
        bitcoin: bitcoin.getutxoset bitcoin.utxoset bitcoin.uproof bitcoin.getuproof bitcoin.uttls bitcoin.getuttls
        bitcoin: bitcoin.usummary bitcoin.utreexotx bitcoin.uroot bitcoin.geturoot bitcoin.get_xthin bitcoin.xthinblock
        bitcoin: bitcoin.get_thin bitcoin.thinblock bitcoin.get_xblocktx bitcoin.xblocktx bitcoin.filtersizext
        bitcoin: bitcoin.req_xpedited bitcoin.xb bitcoin.xt bitcoin.get_grblk bitcoin.grblk bitcoin.get_grblktx
        bitcoin: bitcoin.grblktx bitcoin.get_grrec bitcoin.grrec bitcoin.get_memsync bitcoin.memsync
        bitcoin: bitcoin.getmemsynctx bitcoin.memsynctx bitcoin.extversion bitcoin.xupdate bitcoin.dsproof_beta
        bitcoin.v2: bitcoin.v2.ellswift bitcoin.v2.garbage_length bitcoin.v2.session_id bitcoin.v2.packet
        bitcoin.v2: bitcoin.v2.length bitcoin.v2.authentication.status bitcoin.v2.header bitcoin.v2.ignore
        bitcoin.v2: bitcoin.v2.short_id bitcoin.v2.contents bitcoin.v2.lost bitcoin.v2.ciphertext bitcoin.v2.bytes
        bitcoin.v2: bitcoin.v2.duration
        bitcoin.gap: bitcoin.gap.offset bitcoin.gap.length bitcoin.gap.reason
        bitcoin.retransmission: bitcoin.retransmission.offset bitcoin.retransmission.length
        bitcoin.fragment_conflict: bitcoin.fragment_conflict.frame bitcoin.fragment_conflict.length
        bitcoin.close: bitcoin.close.how bitcoin.close.after bitcoin.close.time
        bitcoin.command.unknown: bitcoin.data.value
        bitcoin.service: bitcoin.service.subcommand bitcoin.service.subpayload bitcoin.trailing
        bitcoin.version: bitcoin.trailing bitcoin.version.version bitcoin.version.features bitcoin.version.services
        bitcoin.version: bitcoin.services.unknown bitcoin.services.network bitcoin.services.getutxo
        bitcoin.version: bitcoin.services.bloom bitcoin.services.witness bitcoin.services.xthin bitcoin.services.cash
        bitcoin.version: bitcoin.services.compactfilters bitcoin.services.segwit2x bitcoin.services.cf
        bitcoin.version: bitcoin.services.networklimited bitcoin.services.p2pv2 bitcoin.services.utreexo
        bitcoin.version: bitcoin.services.utreexoarchive bitcoin.services.utxoset bitcoin.services.utreexoexperiment
        bitcoin.version: bitcoin.services.replacebyfee bitcoin.services.reduceddata bitcoin.services.librerelay
        bitcoin.version: bitcoin.version.serves bitcoin.version.timestamp bitcoin.version.clock_offset
        bitcoin.version: bitcoin.version.addr_you bitcoin.version.addr_me bitcoin.version.nonce
        bitcoin.version: bitcoin.version.user_agent.length bitcoin.version.user_agent bitcoin.version.start_height
        bitcoin.version: bitcoin.version.relay bitcoin.version.relay.default
        bitcoin.version.addr_you: bitcoin.services.unknown bitcoin.services.network bitcoin.services.getutxo
        bitcoin.version.addr_you: bitcoin.services.bloom bitcoin.services.witness bitcoin.services.xthin
        bitcoin.version.addr_you: bitcoin.services.cash bitcoin.services.compactfilters bitcoin.services.segwit2x
        bitcoin.version.addr_you: bitcoin.services.cf bitcoin.services.networklimited bitcoin.services.p2pv2
        bitcoin.version.addr_you: bitcoin.services.utreexo bitcoin.services.utreexoarchive bitcoin.services.utxoset
        bitcoin.version.addr_you: bitcoin.services.utreexoexperiment bitcoin.services.replacebyfee
        bitcoin.version.addr_you: bitcoin.services.reduceddata bitcoin.services.librerelay bitcoin.address.services
        bitcoin.version.addr_you: bitcoin.address.address bitcoin.address.text bitcoin.address.port
        bitcoin.version.addr_me: bitcoin.services.unknown bitcoin.services.network bitcoin.services.getutxo
        bitcoin.version.addr_me: bitcoin.services.bloom bitcoin.services.witness bitcoin.services.xthin
        bitcoin.version.addr_me: bitcoin.services.cash bitcoin.services.compactfilters bitcoin.services.segwit2x
        bitcoin.version.addr_me: bitcoin.services.cf bitcoin.services.networklimited bitcoin.services.p2pv2
        bitcoin.version.addr_me: bitcoin.services.utreexo bitcoin.services.utreexoarchive bitcoin.services.utxoset
        bitcoin.version.addr_me: bitcoin.services.utreexoexperiment bitcoin.services.replacebyfee
        bitcoin.version.addr_me: bitcoin.services.reduceddata bitcoin.services.librerelay bitcoin.address.services
        bitcoin.version.addr_me: bitcoin.address.address bitcoin.address.text bitcoin.address.port
        bitcoin.verack: bitcoin.trailing
        bitcoin.wtxidrelay: bitcoin.trailing
        bitcoin.sendaddrv2: bitcoin.trailing
        bitcoin.sendtxrcncl: bitcoin.trailing bitcoin.sendtxrcncl.version bitcoin.sendtxrcncl.salt
        bitcoin.addr: bitcoin.trailing bitcoin.addr.count bitcoin.addr.address[]
        bitcoin.addr.address: bitcoin.services.unknown bitcoin.services.network bitcoin.services.getutxo
        bitcoin.addr.address: bitcoin.services.bloom bitcoin.services.witness bitcoin.services.xthin
        bitcoin.addr.address: bitcoin.services.cash bitcoin.services.compactfilters bitcoin.services.segwit2x
        bitcoin.addr.address: bitcoin.services.cf bitcoin.services.networklimited bitcoin.services.p2pv2
        bitcoin.addr.address: bitcoin.services.utreexo bitcoin.services.utreexoarchive bitcoin.services.utxoset
        bitcoin.addr.address: bitcoin.services.utreexoexperiment bitcoin.services.replacebyfee
        bitcoin.addr.address: bitcoin.services.reduceddata bitcoin.services.librerelay bitcoin.address.services
        bitcoin.addr.address: bitcoin.address.address bitcoin.address.text bitcoin.address.port bitcoin.addr.timestamp
        bitcoin.addrv2: bitcoin.trailing bitcoin.addrv2.count bitcoin.addrv2.item[]
        bitcoin.addrv2.item: bitcoin.services.unknown bitcoin.services.network bitcoin.services.getutxo
        bitcoin.addrv2.item: bitcoin.services.bloom bitcoin.services.witness bitcoin.services.xthin
        bitcoin.addrv2.item: bitcoin.services.cash bitcoin.services.compactfilters bitcoin.services.segwit2x
        bitcoin.addrv2.item: bitcoin.services.cf bitcoin.services.networklimited bitcoin.services.p2pv2
        bitcoin.addrv2.item: bitcoin.services.utreexo bitcoin.services.utreexoarchive bitcoin.services.utxoset
        bitcoin.addrv2.item: bitcoin.services.utreexoexperiment bitcoin.services.replacebyfee
        bitcoin.addrv2.item: bitcoin.services.reduceddata bitcoin.services.librerelay bitcoin.addrv2.timestamp
        bitcoin.addrv2.item: bitcoin.addrv2.services bitcoin.addrv2.network bitcoin.addrv2.address.length
        bitcoin.addrv2.item: bitcoin.addrv2.address.ipv4 bitcoin.addrv2.address.ipv6 bitcoin.addrv2.address.other
        bitcoin.addrv2.item: bitcoin.addrv2.address bitcoin.addrv2.port
        bitcoin.getaddr: bitcoin.trailing
        bitcoin.inv: bitcoin.trailing bitcoin.inv.count bitcoin.inv.item[]
        bitcoin.inv.item: bitcoin.first_announced_in bitcoin.first_announced_by bitcoin.announcement_lag
        bitcoin.inv.item: bitcoin.inv.type bitcoin.inv.hash
        bitcoin.getdata: bitcoin.trailing bitcoin.getdata.count bitcoin.getdata.item[]
        bitcoin.getdata.item: bitcoin.getdata.type bitcoin.getdata.hash
        bitcoin.notfound: bitcoin.trailing bitcoin.notfound.count bitcoin.notfound.item[]
        bitcoin.notfound.item: bitcoin.notfound.type bitcoin.notfound.hash
        bitcoin.getblocks: bitcoin.trailing bitcoin.getblocks.version bitcoin.getblocks.count
        bitcoin.getblocks: bitcoin.getblocks.hash_start[] bitcoin.getblocks.hash_stop
        bitcoin.getheaders: bitcoin.trailing bitcoin.getheaders.version bitcoin.getheaders.count
        bitcoin.getheaders: bitcoin.getheaders.hash_start[] bitcoin.getheaders.hash_stop
        bitcoin.headers: bitcoin.trailing bitcoin.headers.count bitcoin.headers.header[]
        bitcoin.headers.header: bitcoin.headers.version bitcoin.headers.version.text bitcoin.headers.prev_block
        bitcoin.headers.header: bitcoin.headers.merkle_root bitcoin.headers.timestamp bitcoin.headers.bits
        bitcoin.headers.header: bitcoin.headers.nonce bitcoin.headers.hash bitcoin.headers.target
        bitcoin.headers.header: bitcoin.headers.difficulty bitcoin.headers.pow.status bitcoin.headers.txn_count
        bitcoin.block: bitcoin.trailing bitcoin.block.version bitcoin.block.version.text bitcoin.block.prev_block
        bitcoin.block: bitcoin.block.merkle_root bitcoin.block.timestamp bitcoin.block.bits bitcoin.block.nonce
        bitcoin.block: bitcoin.block.hash bitcoin.block.target bitcoin.block.difficulty bitcoin.block.pow.status
        bitcoin.block: bitcoin.block.num_transactions bitcoin.tx[] bitcoin.block.merkle_root.status
        bitcoin.block: bitcoin.block.merkle_root.calculated bitcoin.block.witness_commitment.status
        bitcoin.block: bitcoin.block.witness_commitment.calculated bitcoin.block.height bitcoin.block.coinbase.reward
        bitcoin.block: bitcoin.block.size bitcoin.block.stripped_size bitcoin.block.weight
        bitcoin.tx: bitcoin.trailing bitcoin.tx.version bitcoin.tx.flag bitcoin.tx.input_count bitcoin.tx.in[]
        bitcoin.tx: bitcoin.tx.output_count bitcoin.tx.out[] bitcoin.tx.witness[] bitcoin.tx.lock_time
        bitcoin.tx: bitcoin.tx.total_out bitcoin.tx.lock_time.meaning bitcoin.tx.replaceable bitcoin.tx.txid
        bitcoin.tx: bitcoin.tx.wtxid bitcoin.tx.size bitcoin.tx.stripped_size bitcoin.tx.weight bitcoin.tx.vsize
        bitcoin.tx: bitcoin.blocktxn.short_id bitcoin.blocktxn.seen_in
        bitcoin.tx.in: bitcoin.tx.in.prev_output bitcoin.tx.in.script_length bitcoin.tx.in.sig_script bitcoin.tx.in.seq
        bitcoin.tx.in: bitcoin.tx.in.seq.meaning bitcoin.tx.in.type bitcoin.tx.in.asm bitcoin.tx.in.unread
        bitcoin.tx.in: bitcoin.tx.in.signature[] bitcoin.tx.in.signature.r[] bitcoin.tx.in.signature.s[]
        bitcoin.tx.in: bitcoin.tx.in.signature.sighash[] bitcoin.tx.in.pubkey[] bitcoin.tx.in.pubkey.form[]
        bitcoin.tx.in: bitcoin.tx.in.redeem_script bitcoin.tx.in.redeem_script.asm bitcoin.tx.in.redeem_script.unread
        bitcoin.tx.in: bitcoin.tx.in.redeem_script.type bitcoin.tx.in.redeem_script.multisig bitcoin.tx.coinbase.height
        bitcoin.tx.in: bitcoin.tx.coinbase.text[]
        bitcoin.tx.in.prev_output: bitcoin.tx.in.prev_output.hash bitcoin.tx.in.prev_output.index
        bitcoin.tx.out: bitcoin.tx.out.value bitcoin.tx.out.script_length bitcoin.tx.out.script bitcoin.tx.out.type
        bitcoin.tx.out: bitcoin.tx.out.address bitcoin.tx.out.asm bitcoin.tx.out.unread bitcoin.tx.out.pubkey[]
        bitcoin.tx.out: bitcoin.tx.out.pubkey.form[] bitcoin.tx.out.pubkey_hash bitcoin.tx.out.script_hash
        bitcoin.tx.out: bitcoin.tx.out.witness_version bitcoin.tx.out.witness_program bitcoin.tx.out.multisig
        bitcoin.tx.out: bitcoin.tx.out.data[] bitcoin.tx.out.data.text[] bitcoin.tx.out.witness_commitment
        bitcoin.tx.out: bitcoin.tx.out.signet_solution
        bitcoin.tx.witness: bitcoin.tx.witness.component_count bitcoin.tx.witness.component[]
        bitcoin.tx.witness.component: bitcoin.tx.witness.component.length bitcoin.tx.witness.component.data
        bitcoin.tx.witness.component: bitcoin.tx.in.signature[] bitcoin.tx.in.signature.r[] bitcoin.tx.in.signature.s[]
        bitcoin.tx.witness.component: bitcoin.tx.in.signature.sighash[] bitcoin.tx.in.pubkey[]
        bitcoin.tx.witness.component: bitcoin.tx.in.pubkey.form[] bitcoin.tx.in.witness_script
        bitcoin.tx.witness.component: bitcoin.tx.in.witness_script.asm bitcoin.tx.in.witness_script.unread
        bitcoin.tx.witness.component: bitcoin.tx.in.witness_script.type bitcoin.tx.in.witness_script.multisig
        bitcoin.tx.witness.component: bitcoin.tx.in.tapscript bitcoin.tx.in.tapscript.asm
        bitcoin.tx.witness.component: bitcoin.tx.in.tapscript.unread bitcoin.tx.in.tapscript.type
        bitcoin.tx.witness.component: bitcoin.tx.in.tapscript.multisig bitcoin.tx.in.inscription_count
        bitcoin.tx.witness.component: bitcoin.tx.in.inscription[] bitcoin.tx.in.control_block
        bitcoin.tx.witness.component: bitcoin.tx.in.control_block.leaf_version bitcoin.tx.in.control_block.parity
        bitcoin.tx.witness.component: bitcoin.tx.in.control_block.internal_key
        bitcoin.tx.witness.component: bitcoin.tx.in.control_block.merkle_node[] bitcoin.tx.in.annex
        bitcoin.tx.witness.component: bitcoin.tx.coinbase.witness_reserved_value
        bitcoin.tx.in.inscription: bitcoin.tx.in.inscription.content_type bitcoin.tx.in.inscription.pointer
        bitcoin.tx.in.inscription: bitcoin.tx.in.inscription.parent[] bitcoin.tx.in.inscription.metadata[]
        bitcoin.tx.in.inscription: bitcoin.tx.in.inscription.metaprotocol bitcoin.tx.in.inscription.content_encoding
        bitcoin.tx.in.inscription: bitcoin.tx.in.inscription.delegate bitcoin.tx.in.inscription.field[]
        bitcoin.tx.in.inscription: bitcoin.tx.in.inscription.field_count bitcoin.tx.in.inscription.body_length
        bitcoin.tx.in.inscription: bitcoin.tx.in.inscription.body
        bitcoin.tx.in.inscription.field: bitcoin.tx.in.inscription.field.tag bitcoin.tx.in.inscription.field.long_tag
        bitcoin.tx.in.inscription.field: bitcoin.tx.in.inscription.field.value
        bitcoin.mempool: bitcoin.trailing
        bitcoin.ping: bitcoin.trailing bitcoin.ping.nonce
        bitcoin.pong: bitcoin.trailing bitcoin.pong.nonce
        bitcoin.filterload: bitcoin.trailing bitcoin.filterload.filter.length bitcoin.filterload.filter
        bitcoin.filterload: bitcoin.filterload.nhashfunc bitcoin.filterload.ntweak bitcoin.filterload.nflags
        bitcoin.filterload: bitcoin.filterload.nflags.sent bitcoin.filterload.bits_set
        bitcoin.filterload: bitcoin.filterload.false_positives
        bitcoin.filteradd: bitcoin.trailing bitcoin.filteradd.data.length bitcoin.filteradd.data
        bitcoin.filterclear: bitcoin.trailing
        bitcoin.merkleblock: bitcoin.trailing bitcoin.merkleblock.version bitcoin.merkleblock.version.text
        bitcoin.merkleblock: bitcoin.merkleblock.prev_block bitcoin.merkleblock.merkle_root
        bitcoin.merkleblock: bitcoin.merkleblock.timestamp bitcoin.merkleblock.bits bitcoin.merkleblock.nonce
        bitcoin.merkleblock: bitcoin.merkleblock.hash bitcoin.merkleblock.target bitcoin.merkleblock.difficulty
        bitcoin.merkleblock: bitcoin.merkleblock.pow.status bitcoin.merkleblock.num_transactions
        bitcoin.merkleblock: bitcoin.merkleblock.hashes.count bitcoin.merkleblock.hashes.hash[]
        bitcoin.merkleblock: bitcoin.merkleblock.flags.count bitcoin.merkleblock.flags.data
        bitcoin.merkleblock: bitcoin.merkleblock.root.status bitcoin.merkleblock.root.calculated
        bitcoin.merkleblock: bitcoin.merkleblock.match[] bitcoin.merkleblock.match.position[]
        bitcoin.sendheaders: bitcoin.trailing
        bitcoin.feefilter: bitcoin.trailing bitcoin.feefilter.value
        bitcoin.sendcmpct: bitcoin.trailing bitcoin.sendcmpct.announce bitcoin.sendcmpct.version
        bitcoin.cmpctblock: bitcoin.trailing bitcoin.cmpctblock.version bitcoin.cmpctblock.version.text
        bitcoin.cmpctblock: bitcoin.cmpctblock.prev_block bitcoin.cmpctblock.merkle_root bitcoin.cmpctblock.timestamp
        bitcoin.cmpctblock: bitcoin.cmpctblock.bits bitcoin.cmpctblock.nonce bitcoin.cmpctblock.hash
        bitcoin.cmpctblock: bitcoin.cmpctblock.target bitcoin.cmpctblock.difficulty bitcoin.cmpctblock.pow.status
        bitcoin.cmpctblock: bitcoin.cmpctblock.shortid_nonce bitcoin.cmpctblock.k0 bitcoin.cmpctblock.k1
        bitcoin.cmpctblock: bitcoin.cmpctblock.shortids_length bitcoin.cmpctblock.shortids[]
        bitcoin.cmpctblock: bitcoin.cmpctblock.shortids.position[] bitcoin.cmpctblock.shortids.wtxid[]
        bitcoin.cmpctblock: bitcoin.cmpctblock.shortids.seen_in[] bitcoin.cmpctblock.prefilledtxn_length
        bitcoin.cmpctblock: bitcoin.cmpctblock.prefilledtxn[] bitcoin.cmpctblock.num_transactions
        bitcoin.cmpctblock.prefilledtxn: bitcoin.tx bitcoin.cmpctblock.prefilledtxn.index
        bitcoin.cmpctblock.prefilledtxn: bitcoin.cmpctblock.prefilledtxn.index.absolute
        bitcoin.cmpctblock.prefilledtxn: bitcoin.cmpctblock.prefilledtxn.shortid
        bitcoin.getblocktxn: bitcoin.trailing bitcoin.getblocktxn.blockhash bitcoin.getblocktxn.indexes_length
        bitcoin.getblocktxn: bitcoin.getblocktxn.indexes[] bitcoin.getblocktxn.indexes.absolute[]
        bitcoin.blocktxn: bitcoin.trailing bitcoin.tx[] bitcoin.blocktxn.blockhash bitcoin.blocktxn.transactions_length
        bitcoin.getcfilters: bitcoin.trailing bitcoin.getcfilters.filter_type bitcoin.getcfilters.start_height
        bitcoin.getcfilters: bitcoin.getcfilters.stop_hash
        bitcoin.cfilter: bitcoin.trailing bitcoin.cfilter.filter_type bitcoin.cfilter.block_hash
        bitcoin.cfilter: bitcoin.cfilter.num_filter_bytes bitcoin.cfilter.filter_bytes bitcoin.cfilter.num_elements
        bitcoin.cfilter: bitcoin.cfilter.filter_hash
        bitcoin.getcfheaders: bitcoin.trailing bitcoin.getcfheaders.filter_type bitcoin.getcfheaders.start_height
        bitcoin.getcfheaders: bitcoin.getcfheaders.stop_hash
        bitcoin.cfheaders: bitcoin.trailing bitcoin.cfheaders.filter_type bitcoin.cfheaders.stop_hash
        bitcoin.cfheaders: bitcoin.cfheaders.previous_filter_header bitcoin.cfheaders.filter_hashes_length
        bitcoin.cfheaders: bitcoin.cfheaders.filter_hashes[] bitcoin.cfheaders.header[]
        bitcoin.getcfcheckpt: bitcoin.trailing bitcoin.getcfcheckpt.filter_type bitcoin.getcfcheckpt.stop_hash
        bitcoin.cfcheckpt: bitcoin.trailing bitcoin.cfcheckpt.filter_type bitcoin.cfcheckpt.stop_hash
        bitcoin.cfcheckpt: bitcoin.cfcheckpt.filter_headers_length bitcoin.cfcheckpt.filter_headers[]
        bitcoin.cfcheckpt: bitcoin.cfcheckpt.height[]
        bitcoin.alert: bitcoin.trailing bitcoin.alert.payload.length bitcoin.alert.payload
        bitcoin.alert: bitcoin.alert.signature.length bitcoin.alert.signature bitcoin.alert.signature.r
        bitcoin.alert: bitcoin.alert.signature.s
        bitcoin.alert.payload: bitcoin.alert.version bitcoin.alert.relay_until bitcoin.alert.expiration
        bitcoin.alert.payload: bitcoin.alert.id bitcoin.alert.is_final bitcoin.alert.cancel
        bitcoin.alert.payload: bitcoin.alert.set_cancel_length bitcoin.alert.set_cancel[] bitcoin.alert.min_ver
        bitcoin.alert.payload: bitcoin.alert.max_ver bitcoin.alert.set_sub_ver_length
        bitcoin.alert.payload: bitcoin.alert.set_sub_ver.length[] bitcoin.alert.set_sub_ver[] bitcoin.alert.priority
        bitcoin.alert.payload: bitcoin.alert.comment.length bitcoin.alert.comment bitcoin.alert.status_bar.length
        bitcoin.alert.payload: bitcoin.alert.status_bar bitcoin.alert.reserved.length bitcoin.alert.reserved
        bitcoin.alert.payload: bitcoin.alert.payload.remainder
        bitcoin.reject: bitcoin.trailing bitcoin.reject.message.length bitcoin.reject.message bitcoin.reject.ccode
        bitcoin.reject: bitcoin.reject.reason.length bitcoin.reject.reason bitcoin.reject.data
        bitcoin.checkorder: bitcoin.trailing bitcoin.checkorder.hash_reply bitcoin.checkorder.merkle_tx
        bitcoin.checkorder: bitcoin.checkorder.vtx_prev_length bitcoin.checkorder.vtx_prev[]
        bitcoin.checkorder: bitcoin.checkorder.map_value_length bitcoin.checkorder.map_value[]
        bitcoin.checkorder: bitcoin.checkorder.order_form_length bitcoin.checkorder.order_form[]
        bitcoin.checkorder: bitcoin.checkorder.time_received_is_tx_time bitcoin.checkorder.time_received
        bitcoin.checkorder: bitcoin.checkorder.from_me bitcoin.checkorder.spent
        bitcoin.checkorder.merkle_tx: bitcoin.tx bitcoin.checkorder.hash_block bitcoin.checkorder.merkle_branch_length
        bitcoin.checkorder.merkle_tx: bitcoin.checkorder.merkle_branch[] bitcoin.checkorder.index
        bitcoin.checkorder.merkle_tx: bitcoin.checkorder.wtx
        bitcoin.checkorder.vtx_prev: bitcoin.tx bitcoin.checkorder.vtx_prev.hash_block
        bitcoin.checkorder.vtx_prev: bitcoin.checkorder.vtx_prev.merkle_branch_length
        bitcoin.checkorder.vtx_prev: bitcoin.checkorder.vtx_prev.merkle_branch[] bitcoin.checkorder.vtx_prev.index
        bitcoin.checkorder.map_value: bitcoin.checkorder.map_value.key.length bitcoin.checkorder.map_value.key
        bitcoin.checkorder.map_value: bitcoin.checkorder.map_value.value.length bitcoin.checkorder.map_value.value
        bitcoin.checkorder.order_form: bitcoin.checkorder.order_form.key.length bitcoin.checkorder.order_form.key
        bitcoin.checkorder.order_form: bitcoin.checkorder.order_form.value.length bitcoin.checkorder.order_form.value
        bitcoin.submitorder: bitcoin.trailing bitcoin.submitorder.hash_reply bitcoin.submitorder.merkle_tx
        bitcoin.submitorder: bitcoin.submitorder.vtx_prev_length bitcoin.submitorder.vtx_prev[]
        bitcoin.submitorder: bitcoin.submitorder.map_value_length bitcoin.submitorder.map_value[]
        bitcoin.submitorder: bitcoin.submitorder.order_form_length bitcoin.submitorder.order_form[]
        bitcoin.submitorder: bitcoin.submitorder.time_received_is_tx_time bitcoin.submitorder.time_received
        bitcoin.submitorder: bitcoin.submitorder.from_me bitcoin.submitorder.spent
        bitcoin.submitorder.merkle_tx: bitcoin.tx bitcoin.submitorder.hash_block
        bitcoin.submitorder.merkle_tx: bitcoin.submitorder.merkle_branch_length bitcoin.submitorder.merkle_branch[]
        bitcoin.submitorder.merkle_tx: bitcoin.submitorder.index bitcoin.submitorder.wtx
        bitcoin.submitorder.vtx_prev: bitcoin.tx bitcoin.submitorder.vtx_prev.hash_block
        bitcoin.submitorder.vtx_prev: bitcoin.submitorder.vtx_prev.merkle_branch_length
        bitcoin.submitorder.vtx_prev: bitcoin.submitorder.vtx_prev.merkle_branch[] bitcoin.submitorder.vtx_prev.index
        bitcoin.submitorder.map_value: bitcoin.submitorder.map_value.key.length bitcoin.submitorder.map_value.key
        bitcoin.submitorder.map_value: bitcoin.submitorder.map_value.value.length bitcoin.submitorder.map_value.value
        bitcoin.submitorder.order_form: bitcoin.submitorder.order_form.key.length bitcoin.submitorder.order_form.key
        bitcoin.submitorder.order_form: bitcoin.submitorder.order_form.value.length
        bitcoin.submitorder.order_form: bitcoin.submitorder.order_form.value
        bitcoin.reply: bitcoin.trailing bitcoin.reply.hash_reply bitcoin.reply.status bitcoin.reply.script.length
        bitcoin.reply: bitcoin.reply.script
        bitcoin.review: bitcoin.trailing bitcoin.review.object
        bitcoin.subscribe: bitcoin.trailing bitcoin.subscribe.channel bitcoin.subscribe.hops
        bitcoin.sub_cancel: bitcoin.trailing bitcoin.sub_cancel.channel
        bitcoin.publish: bitcoin.trailing bitcoin.publish.channel bitcoin.publish.hops bitcoin.publish.object
        bitcoin.pub_cancel: bitcoin.trailing bitcoin.pub_cancel.channel bitcoin.pub_cancel.hops bitcoin.pub_cancel.hash
        bitcoin.reqrecon: bitcoin.trailing bitcoin.reqrecon.set_size bitcoin.reqrecon.q bitcoin.reqrecon.q.coefficient
        bitcoin.sketch: bitcoin.trailing bitcoin.sketch.skdata.length bitcoin.sketch.skdata bitcoin.sketch.capacity
        bitcoin.reqsketchext: bitcoin.trailing
        bitcoin.reconcildiff: bitcoin.trailing bitcoin.reconcildiff.success bitcoin.reconcildiff.ask_shortids_length
        bitcoin.reconcildiff: bitcoin.reconcildiff.ask_shortids[]
        bitcoin.sendpackages: bitcoin.trailing bitcoin.sendpackages.versions bitcoin.sendpackages.versions.pkgtxns
        bitcoin.sendpackages: bitcoin.sendpackages.versions.anc
        bitcoin.ancpkginfo: bitcoin.trailing bitcoin.ancpkginfo.txns_length bitcoin.ancpkginfo.txns[]
        bitcoin.getpkgtxns: bitcoin.trailing bitcoin.getpkgtxns.txns_length bitcoin.getpkgtxns.txns[]
        bitcoin.pkgtxns: bitcoin.trailing bitcoin.tx[] bitcoin.pkgtxns.txns_length
        bitcoin.disabletx: bitcoin.trailing
        bitcoin.feature: bitcoin.trailing bitcoin.feature.featureid.length bitcoin.feature.featureid
        bitcoin.feature: bitcoin.feature.featuredata.length bitcoin.feature.featuredata
        bitcoin.getutxos: bitcoin.trailing bitcoin.getutxos.check_mempool bitcoin.getutxos.outpoints_length
        bitcoin.getutxos: bitcoin.getutxos.outpoints[]
        bitcoin.getutxos.outpoints: bitcoin.getutxos.outpoints.hash bitcoin.getutxos.outpoints.index
        bitcoin.utxos: bitcoin.trailing bitcoin.utxos.chain_height bitcoin.utxos.chain_tip
        bitcoin.utxos: bitcoin.utxos.hit_bitmap.length bitcoin.utxos.hit_bitmap bitcoin.utxos.results_length
        bitcoin.utxos: bitcoin.utxos.results[]
        bitcoin.utxos.results: bitcoin.utxos.results.tx_version bitcoin.utxos.results.height
        bitcoin.utxos.results: bitcoin.utxos.results.in_mempool bitcoin.utxos.results.value
        bitcoin.utxos.results: bitcoin.utxos.results.script.length bitcoin.utxos.results.script
        bitcoin.getoutputs: bitcoin.trailing bitcoin.getoutputs.dest
        bitcoin.getoutputs.dest: bitcoin.getoutputs.dest.payment_type bitcoin.getoutputs.dest.address_hash
        bitcoin.outputs: bitcoin.trailing bitcoin.outputs.dest bitcoin.outputs.number_outputs
        bitcoin.outputs: bitcoin.outputs.outpoints[]
        bitcoin.outputs.dest: bitcoin.outputs.dest.payment_type bitcoin.outputs.dest.address_hash
        bitcoin.outputs.outpoints: bitcoin.outputs.outpoints.hash bitcoin.outputs.outpoints.index
        bitcoin.getspend: bitcoin.trailing bitcoin.getspend.outpoint
        bitcoin.getspend.outpoint: bitcoin.getspend.outpoint.hash bitcoin.getspend.outpoint.index
        bitcoin.spend: bitcoin.trailing bitcoin.spend.outpoint bitcoin.spend.inpoint
        bitcoin.spend.outpoint: bitcoin.spend.outpoint.hash bitcoin.spend.outpoint.index
        bitcoin.spend.inpoint: bitcoin.spend.inpoint.hash bitcoin.spend.inpoint.index
        bitcoin.encinit: bitcoin.trailing bitcoin.encinit.ephemeral_pubkey bitcoin.encinit.cipher_type
        bitcoin.encack: bitcoin.trailing bitcoin.encack.ephemeral_pubkey bitcoin.encack.rekey
        bitcoin.challenge: bitcoin.trailing bitcoin.challenge.pow_count bitcoin.challenge.pow[]
        bitcoin.challenge: bitcoin.challenge.purpose_id bitcoin.challenge.expiration bitcoin.challenge.sign.length
        bitcoin.challenge: bitcoin.challenge.sign
        bitcoin.challenge.pow: bitcoin.challenge.pow_id bitcoin.challenge.config_length bitcoin.challenge.sha256.target
        bitcoin.challenge.pow: bitcoin.challenge.sha256.nonce_size bitcoin.challenge.sha256.nonce_offset
        bitcoin.challenge.pow: bitcoin.challenge.cuckoo.sizeshift bitcoin.challenge.cuckoo.proofsize_min
        bitcoin.challenge.pow: bitcoin.challenge.cuckoo.proofsize_max bitcoin.challenge.config
        bitcoin.challenge.pow: bitcoin.challenge.payload.length bitcoin.challenge.payload
        bitcoin.solution: bitcoin.trailing bitcoin.solution.pow_count bitcoin.solution.pow[]
        bitcoin.solution: bitcoin.solution.purpose_id bitcoin.solution.expiration bitcoin.solution.sign.length
        bitcoin.solution: bitcoin.solution.sign bitcoin.solution.solution
        bitcoin.solution.pow: bitcoin.solution.pow_id bitcoin.solution.config_length bitcoin.solution.sha256.target
        bitcoin.solution.pow: bitcoin.solution.sha256.nonce_size bitcoin.solution.sha256.nonce_offset
        bitcoin.solution.pow: bitcoin.solution.cuckoo.sizeshift bitcoin.solution.cuckoo.proofsize_min
        bitcoin.solution.pow: bitcoin.solution.cuckoo.proofsize_max bitcoin.solution.config
        bitcoin.solution.pow: bitcoin.solution.payload.length bitcoin.solution.payload
        bitcoin.dandeliontx: bitcoin.trailing bitcoin.tx
        bitcoin.getfraud: bitcoin.trailing bitcoin.getfraud.version bitcoin.getfraud.locator_length
        bitcoin.getfraud: bitcoin.getfraud.locator[]
        bitcoin.fraud: bitcoin.trailing bitcoin.fraud.hash bitcoin.fraud.code bitcoin.fraud.tx_depth
        bitcoin.fraud: bitcoin.fraud.stripped_length bitcoin.fraud.stripped[] bitcoin.fraud.full_length
        bitcoin.fraud: bitcoin.fraud.full[] bitcoin.fraud.proof
        bitcoin.fraud.stripped: bitcoin.fraud.stripped.depth bitcoin.fraud.stripped.midstate
        bitcoin.fraud.stripped: bitcoin.fraud.stripped.tx_size bitcoin.fraud.stripped.chunk.length
        bitcoin.fraud.stripped: bitcoin.fraud.stripped.chunk bitcoin.fraud.stripped.link
        bitcoin.fraud.full: bitcoin.fraud.full.depth bitcoin.fraud.full.midstate bitcoin.fraud.full.tx_size
        bitcoin.fraud.full: bitcoin.fraud.full.chunk.length bitcoin.fraud.full.chunk bitcoin.fraud.full.link
        bitcoin.sendtemplate: bitcoin.trailing
        bitcoin.gettemplate: bitcoin.trailing
        bitcoin.template: bitcoin.trailing bitcoin.template.version bitcoin.template.version.text
        bitcoin.template: bitcoin.template.prev_block bitcoin.template.merkle_root bitcoin.template.timestamp
        bitcoin.template: bitcoin.template.bits bitcoin.template.nonce bitcoin.template.hash bitcoin.template.target
        bitcoin.template: bitcoin.template.difficulty bitcoin.template.pow.status bitcoin.template.shortid_nonce
        bitcoin.template: bitcoin.template.shortids_length bitcoin.template.shortids[]
        bitcoin.template: bitcoin.template.prefilledtxn_length bitcoin.template.prefilledtxn[]
        bitcoin.template.prefilledtxn: bitcoin.tx bitcoin.template.prefilledtxn.index
        bitcoin.template.prefilledtxn: bitcoin.template.prefilledtxn.index.absolute
        bitcoin.getutxotree: bitcoin.trailing bitcoin.getutxotree.block_hash
        bitcoin.utxotree: bitcoin.trailing bitcoin.utxotree.block_hash bitcoin.utxotree.version
        bitcoin.utxotree: bitcoin.utxotree.data_length bitcoin.utxotree.num_chunks bitcoin.utxotree.chunk_hashes[]
        bitcoin.getutxoset: bitcoin.trailing bitcoin.getutxoset.block_hash bitcoin.getutxoset.chunk_index
        bitcoin.utxoset: bitcoin.trailing bitcoin.utxoset.block_hash bitcoin.utxoset.chunk_index bitcoin.utxoset.data
        bitcoin.uproof: bitcoin.trailing bitcoin.uproof.blockhash bitcoin.uproof.proof_hashes_length
        bitcoin.uproof: bitcoin.uproof.proof_hashes[] bitcoin.uproof.targets_length bitcoin.uproof.targets[]
        bitcoin.uproof: bitcoin.uproof.leafdatas_length bitcoin.uproof.leafdatas[]
        bitcoin.uproof.leafdatas: bitcoin.uproof.leafdatas.header_code bitcoin.uproof.leafdatas.height
        bitcoin.uproof.leafdatas: bitcoin.uproof.leafdatas.coinbase bitcoin.uproof.leafdatas.amount
        bitcoin.uproof.leafdatas: bitcoin.uproof.leafdatas.script_type bitcoin.uproof.leafdatas.script.length
        bitcoin.uproof.leafdatas: bitcoin.uproof.leafdatas.script
        bitcoin.getuproof: bitcoin.trailing bitcoin.getuproof.blockhash bitcoin.getuproof.flags
        bitcoin.getuproof: bitcoin.getuproof.flags.targets bitcoin.getuproof.flags.proof bitcoin.getuproof.flags.leaves
        bitcoin.getuproof: bitcoin.getuproof.proof_bitmap.length bitcoin.getuproof.proof_bitmap
        bitcoin.getuproof: bitcoin.getuproof.leaf_bitmap.length bitcoin.getuproof.leaf_bitmap
        bitcoin.uttls: bitcoin.trailing bitcoin.uttls.ttls_length bitcoin.uttls.ttls[]
        bitcoin.uttls: bitcoin.uttls.proof_hashes_length bitcoin.uttls.proof_hashes[]
        bitcoin.uttls.ttls: bitcoin.uttls.ttls.block_height bitcoin.uttls.ttls.infos_length bitcoin.uttls.ttls.infos[]
        bitcoin.uttls.ttls.infos: bitcoin.uttls.ttls.infos.ttl bitcoin.uttls.ttls.infos.death_position
        bitcoin.getuttls: bitcoin.trailing bitcoin.getuttls.version bitcoin.getuttls.start_height
        bitcoin.getuttls: bitcoin.getuttls.max_receive_exponent
        bitcoin.usummary: bitcoin.trailing bitcoin.usummary.blockhash bitcoin.usummary.num_adds
        bitcoin.usummary: bitcoin.usummary.targets_length bitcoin.usummary.targets[]
        bitcoin.utreexotx: bitcoin.trailing bitcoin.tx bitcoin.utreexotx.targets_length bitcoin.utreexotx.targets[]
        bitcoin.utreexotx: bitcoin.utreexotx.proof_hashes_length bitcoin.utreexotx.proof_hashes[]
        bitcoin.utreexotx: bitcoin.utreexotx.index[] bitcoin.utreexotx.unconfirmed[] bitcoin.utreexotx.leafdatas[]
        bitcoin.utreexotx.leafdatas: bitcoin.utreexotx.leafdatas.header_code bitcoin.utreexotx.leafdatas.height
        bitcoin.utreexotx.leafdatas: bitcoin.utreexotx.leafdatas.coinbase bitcoin.utreexotx.leafdatas.amount
        bitcoin.utreexotx.leafdatas: bitcoin.utreexotx.leafdatas.script_type bitcoin.utreexotx.leafdatas.script.length
        bitcoin.utreexotx.leafdatas: bitcoin.utreexotx.leafdatas.script
        bitcoin.uroot: bitcoin.trailing bitcoin.uroot.numleaves bitcoin.uroot.target bitcoin.uroot.blockhash
        bitcoin.uroot: bitcoin.uroot.roots_length bitcoin.uroot.roots[] bitcoin.uroot.proof_hashes_length
        bitcoin.uroot: bitcoin.uroot.proof_hashes[]
        bitcoin.geturoot: bitcoin.trailing bitcoin.geturoot.blockhash
        bitcoin.get_xthin: bitcoin.trailing bitcoin.foreign.data
        bitcoin.xthinblock: bitcoin.trailing bitcoin.foreign.data
        bitcoin.get_thin: bitcoin.trailing bitcoin.foreign.data
        bitcoin.thinblock: bitcoin.trailing bitcoin.foreign.data
        bitcoin.get_xblocktx: bitcoin.trailing bitcoin.foreign.data
        bitcoin.xblocktx: bitcoin.trailing bitcoin.foreign.data
        bitcoin.filtersizext: bitcoin.trailing bitcoin.foreign.data
        bitcoin.req_xpedited: bitcoin.trailing bitcoin.foreign.data
        bitcoin.xb: bitcoin.trailing bitcoin.foreign.data
        bitcoin.xt: bitcoin.trailing bitcoin.foreign.data
        bitcoin.get_grblk: bitcoin.trailing bitcoin.foreign.data
        bitcoin.grblk: bitcoin.trailing bitcoin.foreign.data
        bitcoin.get_grblktx: bitcoin.trailing bitcoin.foreign.data
        bitcoin.grblktx: bitcoin.trailing bitcoin.foreign.data
        bitcoin.get_grrec: bitcoin.trailing bitcoin.foreign.data
        bitcoin.grrec: bitcoin.trailing bitcoin.foreign.data
        bitcoin.get_memsync: bitcoin.trailing bitcoin.foreign.data
        bitcoin.memsync: bitcoin.trailing bitcoin.foreign.data
        bitcoin.getmemsynctx: bitcoin.trailing bitcoin.foreign.data
        bitcoin.memsynctx: bitcoin.trailing bitcoin.foreign.data
        bitcoin.extversion: bitcoin.trailing bitcoin.foreign.data
        bitcoin.xupdate: bitcoin.trailing bitcoin.foreign.data
        bitcoin.dsproof_beta: bitcoin.trailing bitcoin.foreign.data
        """
}
