# Run by `cmake --install`, when the prefix is known: the configuration, and with /usr the service.

if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(folder /etc/lwshost)
    set(conf "${service_conf}")
    file(INSTALL DESTINATION /usr/lib/systemd/system TYPE FILE FILES "${service_unit}")
else()
    set(folder "${CMAKE_INSTALL_PREFIX}/etc/lwshost")
    set(conf "${plain_conf}")
endif()

# A configuration that is there already may be somebody's work: it stays, and the new one lies beside it.
set(name conf)
if(EXISTS "$ENV{DESTDIR}${folder}/conf")
    file(SHA256 "$ENV{DESTDIR}${folder}/conf" old)
    file(SHA256 "${conf}" new)
    if(NOT old STREQUAL new)
        set(name conf.new)
        message(STATUS "Keeping ${folder}/conf: the new one is ${folder}/conf.new")
    endif()
endif()
file(INSTALL DESTINATION "${folder}" TYPE FILE RENAME ${name} FILES "${conf}")
file(MAKE_DIRECTORY "$ENV{DESTDIR}${folder}/conf.d")
