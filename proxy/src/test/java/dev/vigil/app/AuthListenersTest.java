// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.AuthEvents;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthListenersTest {
    private final List<String> heard = new ArrayList<>();

    @Test
    void everyEventReachesEveryListenerInOrder() throws ReflectiveOperationException {
        AuthListeners listeners = new AuthListeners(List.of(listener("first"), listener("second")));
        for (Method event : AuthEvents.class.getMethods()) {
            heard.clear();
            event.invoke(listeners, new Object[event.getParameterCount()]);
            assertThat(heard).containsExactly("first " + event.getName(), "second " + event.getName());
        }
    }

    private AuthEvents listener(String name) {
        return (AuthEvents) Proxy.newProxyInstance(
                AuthEvents.class.getClassLoader(), new Class<?>[] {AuthEvents.class}, (proxy, event, arguments) -> {
                    heard.add(name + " " + event.getName());
                    return null;
                });
    }
}
