package io.registrycache.management;

import io.registrycache.process.UpstreamChildren;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.management.JMException;

/** A bean for each upstream in JMX. */
public final class UpstreamBeans implements TransferObserver {

    private final Map<String, UpstreamBean> beans = new ConcurrentHashMap<>();

    /** Shows an upstream, which must be known before its first request. */
    public void add(UpstreamChildren upstream, LongSupplier inFlight) throws JMException {
        UpstreamBean bean = new UpstreamBean(upstream, inFlight);
        bean.register();
        beans.put(upstream.upstream().name(), bean);
    }

    @Override
    public void began(Transfer transfer) {
        // It has no upstream yet.
    }

    @Override
    public void ended(Transfer transfer) {
        // A ping is nobody's.
        transfer.request()
                .filter(request -> !request.repository().isEmpty())
                .map(request -> beans.get(request.upstream().name()))
                .ifPresent(bean -> bean.ended(transfer));
    }
}
